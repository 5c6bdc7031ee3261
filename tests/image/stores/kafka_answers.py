"""In the place of `kafka-broker-api-versions.sh`, whose jar a broker does without: asks for the versions."""

import socket
import struct
import sys

host, _, port = sys.argv[sys.argv.index("--bootstrap-server") + 1].partition(":")
API_VERSIONS, VERSION, CORRELATION, NO_CLIENT = 18, 0, 1, -1
request = struct.pack(">hhih", API_VERSIONS, VERSION, CORRELATION, NO_CLIENT)
with socket.create_connection((host, int(port)), timeout=5) as broker:
    broker.sendall(struct.pack(">i", len(request)) + request)
    answer = broker.recv(10, socket.MSG_WAITALL)
    _, correlation, error = struct.unpack(">iih", answer)
sys.exit((correlation, error) != (CORRELATION, 0))
