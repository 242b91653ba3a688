package io.higuma.dataplane.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Replaces this process by another program, through `execv` of the C library. The process id, the standard streams and
/// the environment stay, but for what is said of it; nothing of the JVM does.
///
/// What a JVM leaves behind that a fresh program must not find, and how it is taken away:
///
/// | left behind | remedy |
/// |---|---|
/// | SIGQUIT blocked in every thread but one | an empty signal mask, which `execv` hands on |
/// | handlers of signals | none: the kernel sets handled signals to their default |
/// | open sockets and jar files | close-on-exec on everything above standard error |
/// | threads | none: `execv` ends all but the calling one |
@SuppressWarnings("restricted") // the C library is called by name; the launcher script grants native access
public final class ProcessImage {

    private static final int SIG_SETMASK = 2;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int O_CLOEXEC = 02000000;
    /// Larger than glibc's `sigset_t` (128 bytes) and musl's.
    private static final long SIGSET_BYTES = 256;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private ProcessImage() {}

    /// Becomes the program. Returns only by throwing.
    ///
    /// @param program path of the executable
    /// @param arguments its arguments, the first of which is the name it sees itself by
    /// @param variables what is other in its environment
    /// @param successor whom it becomes on the way; empty: it stays who it is
    /// @param kept what `/proc/self/fd` calls the open files that the program inherits beside the standard streams
    /// @throws IOException if the system refuses, with its words
    public static void replace(
            Path program,
            List<String> arguments,
            Variables variables,
            Optional<User> successor,
            Collection<String> kept)
            throws IOException {
        System.out.flush();
        System.err.flush();
        List<Integer> left = new ArrayList<>();
        List<Integer> inherited = new ArrayList<>();
        descriptors(kept, inherited, left);
        int errno;
        try (Arena arena = Arena.ofConfined()) {
            change(arena, variables);
            closeOnExec(left, FD_CLOEXEC);
            closeOnExec(inherited, 0);
            unblockSignals(arena);
            errno = successor.isPresent()
                    ? execAs(arena, program, arguments, successor.get())
                    : exec(arena, program, arguments);
        } catch (Throwable e) {
            throw new IOException("this process cannot be replaced: " + e, e);
        }
        throw new IOException(program + " cannot be started: " + words(errno));
    }

    /// Environment variables.
    ///
    /// @param forgotten that the program must not inherit, such as secrets
    /// @param set values by name; one that was there is replaced
    public record Variables(Collection<String> forgotten, Map<String, String> set) {}

    /// @param uid user id
    /// @param gid group id, which is the only group then
    public record User(int uid, int gid) {}

    /// Makes this process, all its threads, the user's, for ever: whoever was root loses every capability with it.
    ///
    /// @throws IOException if the system refuses, with its words
    public static void become(User user) throws IOException {
        int errno;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            errno = become(arena, state, user) ? 0 : (int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw new IOException("this process cannot become user " + user.uid() + ": " + e, e);
        }
        if (errno != 0) {
            throw new IOException("this process cannot become user " + user.uid() + ": " + words(errno));
        }
    }

    private static boolean become(Arena arena, MemorySegment state, User user) throws Throwable {
        Linker.Option errno = Linker.Option.captureCallState("errno");
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        MemorySegment group = arena.allocateFrom(number, user.gid());
        FunctionDescriptor three = FunctionDescriptor.of(number, number, number, number);
        FunctionDescriptor groups = FunctionDescriptor.of(number, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
        return (int) function("setgroups", groups, errno).invokeExact(state, 1L, group) == 0
                && (int) function("setresgid", three, errno).invokeExact(state, user.gid(), user.gid(), user.gid()) == 0
                && (int) function("setresuid", three, errno).invokeExact(state, user.uid(), user.uid(), user.uid())
                        == 0;
    }

    /// The program is opened first, because the new user may not be able to enter the folder it lies in. Whoever is
    /// root loses every capability with it.
    private static int execAs(Arena arena, Path program, List<String> arguments, User user) throws Throwable {
        MemorySegment state = arena.allocate(CALL_STATE);
        Linker.Option errno = Linker.Option.captureCallState("errno");
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        int file = (int) function(
                        "open",
                        FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
                        errno,
                        Linker.Option.firstVariadicArg(2))
                .invokeExact(state, arena.allocateFrom(program.toString()), O_CLOEXEC);
        if (file < 0) {
            return (int) ERRNO.get(state, 0L);
        }
        if (become(arena, state, user)) {
            MemorySegment environment = LINKER.defaultLookup()
                    .find("environ")
                    .orElseThrow()
                    .reinterpret(ValueLayout.ADDRESS.byteSize())
                    .get(ValueLayout.ADDRESS, 0);
            int ignored = (int) function(
                            "fexecve",
                            FunctionDescriptor.of(number, number, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                            errno)
                    .invokeExact(state, file, vector(arena, arguments), environment);
        }
        return (int) ERRNO.get(state, 0L);
    }

    private static void change(Arena arena, Variables variables) throws Throwable {
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        MethodHandle unsetenv = function("unsetenv", FunctionDescriptor.of(number, ValueLayout.ADDRESS));
        for (String name : variables.forgotten()) {
            int ignored = (int) unsetenv.invokeExact(arena.allocateFrom(name));
        }
        MethodHandle setenv =
                function("setenv", FunctionDescriptor.of(number, ValueLayout.ADDRESS, ValueLayout.ADDRESS, number));
        for (Map.Entry<String, String> variable : variables.set().entrySet()) {
            int ignored = (int) setenv.invokeExact(
                    arena.allocateFrom(variable.getKey()), arena.allocateFrom(variable.getValue()), 1);
        }
    }

    private static MemorySegment vector(Arena arena, List<String> arguments) {
        MemorySegment vector = arena.allocate(ValueLayout.ADDRESS, arguments.size() + 1L);
        for (int i = 0; i < arguments.size(); i++) {
            vector.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(arguments.get(i)));
        }
        vector.setAtIndex(ValueLayout.ADDRESS, arguments.size(), MemorySegment.NULL);
        return vector;
    }

    private static int exec(Arena arena, Path program, List<String> arguments) throws Throwable {
        MemorySegment vector = vector(arena, arguments);
        MethodHandle execv = function(
                "execv",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                Linker.Option.captureCallState("errno"));
        MemorySegment state = arena.allocate(CALL_STATE);
        int ignored = (int) execv.invokeExact(state, arena.allocateFrom(program.toString()), vector);
        return (int) ERRNO.get(state, 0L);
    }

    private static void unblockSignals(Arena arena) throws Throwable {
        MethodHandle sigprocmask = function(
                "sigprocmask",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        MemorySegment none = arena.allocate(SIGSET_BYTES);
        int ignored = (int) sigprocmask.invokeExact(SIG_SETMASK, none, MemorySegment.NULL);
    }

    private static void closeOnExec(List<Integer> descriptors, int flag) throws Throwable {
        MethodHandle fcntl = function(
                "fcntl",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        for (int descriptor : descriptors) {
            int ignored = (int) fcntl.invokeExact(descriptor, F_SETFD, flag);
        }
    }

    /// Sorts what is open above standard error.
    private static void descriptors(Collection<String> kept, List<Integer> inherited, List<Integer> left)
            throws IOException {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                int number = Integer.parseInt(descriptor.getFileName().toString());
                if (number > 2) {
                    (kept.contains(target(descriptor)) ? inherited : left).add(number);
                }
            }
        }
    }

    /// Empty of the descriptor that the folder itself was read with.
    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException closed) {
            return "";
        }
    }

    private static String words(int errno) {
        try {
            MethodHandle strerror =
                    function("strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            MemorySegment text = (MemorySegment) strerror.invokeExact(errno);
            return text.reinterpret(256).getString(0);
        } catch (Throwable e) {
            return "error " + errno;
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor shape, Linker.Option... options) {
        @Nullable MemorySegment address = LINKER.defaultLookup().find(name).orElse(null);
        if (address == null) {
            throw new UnsupportedOperationException("the C library has no " + name);
        }
        return LINKER.downcallHandle(address, shape, options);
    }
}
