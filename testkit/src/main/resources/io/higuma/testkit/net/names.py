# Answers questions for names, as a small DNS server: A with its own address, TXT with its name, MX, SRV.
# usage: names.py NAME A-RECORD PORT ADDRESS…      prints `ready` when it listens, over UDP and TCP
import socket, struct, sys, threading

who, record, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
A, MX, TXT, SRV = 1, 15, 16, 33


def answer(question):
    end = 12
    while question[end]:
        end += question[end] + 1
    kind = struct.unpack("!H", question[end + 1 : end + 3])[0]
    target = b"\x04mail\x00"
    data = {
        A: socket.inet_aton(record),
        TXT: bytes([len(who)]) + who.encode(),
        MX: struct.pack("!H", 10) + target,
        SRV: struct.pack("!HHH", 0, 0, 443) + target,
    }.get(kind)
    head = question[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if data else 0, 0, 0)
    body = question[12 : end + 5]
    if data:
        body += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 1, len(data)) + data
    return head + body


def datagrams(server):
    while True:
        question, caller = server.recvfrom(4096)
        server.sendto(answer(question), caller)


def streams(server):
    while True:
        connection, _ = server.accept()
        with connection:
            size = struct.unpack("!H", connection.recv(2))[0]
            reply = answer(connection.recv(size))
            connection.sendall(struct.pack("!H", len(reply)) + reply)


for address in sys.argv[4:]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((address, port))
    threading.Thread(target=datagrams, args=(udp,), daemon=True).start()
    tcp = socket.socket(family)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((address, port))
    tcp.listen(16)
    threading.Thread(target=streams, args=(tcp,), daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
