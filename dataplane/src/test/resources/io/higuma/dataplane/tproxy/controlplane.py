# Answers /bootstrap with a file and keeps what was asked.
# usage: controlplane.py ADDRESS PORT BOOTSTRAP ASKED      prints `ready` when it listens
import base64, http.server, json, sys

address, port, bootstrap, asked = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


class ControlPlane(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        with open(asked, "wb") as file:
            file.write(self.rfile.read(int(self.headers["content-length"])))
        with open(bootstrap, "rb") as file:
            body = json.dumps({"bootstrap": base64.b64encode(file.read()).decode()}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


server = http.server.HTTPServer((address, port), ControlPlane)
print("ready", flush=True)
server.serve_forever()
