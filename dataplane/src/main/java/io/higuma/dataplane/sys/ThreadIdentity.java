package io.higuma.dataplane.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/// What Linux lets one thread be that the others of its process are not. For platform threads only, and for threads
/// that end afterwards.
@SuppressWarnings("restricted") // the C library is called by name; the launcher script grants native access
public final class ThreadIdentity {

    private static final int CLONE_NEWNET = 0x40000000;
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

    private ThreadIdentity() {}

    /// Sockets that this thread opens from now on belong to the user (setfsuid(2)).
    public static void socketsOf(int user) throws IOException {
        call("setfsuid", user);
        // It never tells whether it worked; asking for the impossible tells who it is now.
        int now = call("setfsuid", -1);
        if (now != user) {
            throw new IOException("only root can open a connection as user " + user);
        }
    }

    /// Puts this thread into a network of its own, in which nothing is yet (unshare(2)). It is gone with the thread.
    public static void ownNetwork() throws IOException {
        if (call("unshare", CLONE_NEWNET) != 0) {
            throw new IOException("this process may not make a network namespace");
        }
    }

    private static int call(String name, int argument) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            return (int) Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().find(name).orElseThrow(),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                            Linker.Option.captureCallState("errno"))
                    .invokeExact(state, argument);
        } catch (Throwable e) {
            throw new IOException("the C library has no " + name + ": " + e, e);
        }
    }
}
