# Says, on every connection, which port of this server took it and where it was really meant to go (SO_ORIGINAL_DST).
# usage: echo.py PORT…      prints `ready` when it listens
import socket, struct, sys, threading

SO_ORIGINAL_DST = 80


def meant_for(connection):
    try:
        data = connection.getsockopt(socket.IPPROTO_IPV6, SO_ORIGINAL_DST, 28)
        port, address = struct.unpack("!2xH4x16s4x", data)
        return "%s %d" % (socket.inet_ntop(socket.AF_INET6, address), port)
    except OSError:
        pass
    try:
        data = connection.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
        port, address = struct.unpack("!2xH4s8x", data)
        return "%s %d" % (socket.inet_ntoa(address), port)
    except OSError:
        return "itself"


def serve(port):
    server = socket.socket(socket.AF_INET6)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", port))
    server.listen(64)
    return server


def accept(server, port):
    while True:
        connection, _ = server.accept()
        connection.sendall(("port %d for %s\n" % (port, meant_for(connection))).encode())
        connection.close()


servers = [(serve(int(port)), int(port)) for port in sys.argv[1:]]
for server, port in servers[1:]:
    threading.Thread(target=accept, args=(server, port), daemon=True).start()
print("ready", flush=True)
accept(*servers[0])
