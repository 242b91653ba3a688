# An HTTP service that knows nothing of the mesh: answers with its name and the headers it got.
# usage: shop.py NAME PORT      listens on every address of both families, prints `ready` when it listens
import http.server, socket, sys

name, port = sys.argv[1], int(sys.argv[2])


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        text = "service: %s\n%s" % (name, self.headers)
        body = text.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.server_name, self.server_port = name, port
        self.socket.bind(self.server_address)


server = Server(("::", port), Service)
print("ready", flush=True)
server.serve_forever()
