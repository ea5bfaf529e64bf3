"""OpenStack Swift with its S3 API as one process: proxy, account, container and object server on loopback, one device, one copy.

    swift_server.py <directory> <access key id> <secret key> [--conditional-puts]

The directory keeps everything. Prints one JSON line when it serves; ends with SIGTERM, and when standard input ends, so that it does
not outlive whoever started it. Swift 2.30 refuses a PUT with If-None-Match at its S3 API (501), as some servers do. With
--conditional-puts it takes them, as others do: Swift itself knows them, and PUTs are let through one at a time to make them atomic.
"""
import json
import os
import signal
import sys

import eventlet
import eventlet.hubs
import eventlet.semaphore
import eventlet.wsgi

eventlet.monkey_patch()

from swift.common import utils  # noqa: E402

# Swift reads these from /etc/swift when it is loaded; a test server needs no file there.
utils.HASH_PATH_PREFIX = b""
utils.HASH_PATH_SUFFIX = b"snapdeck-tests"
utils.validate_hash_conf = lambda: None

from swift.common.middleware.s3api import s3request  # noqa: E402
from swift.common.ring.builder import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

home, access_key_id, secret_key = sys.argv[1:4]
takes_conditional_puts = "--conditional-puts" in sys.argv[4:]
account, user = access_key_id.split(":")

KINDS = ("account", "container", "object")
STORAGE = """
[DEFAULT]
swift_dir = {home}
devices = {home}/device
mount_check = false
log_name = {kind}
log_level = CRITICAL
disable_fallocate = true
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
PROXY = """
[DEFAULT]
swift_dir = {home}
log_name = proxy
log_level = CRITICAL
[pipeline:main]
pipeline = catch_errors cache s3api tempauth copy slo dlo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
# Nothing listens there: every request asks the servers themselves.
memcache_servers = 127.0.0.1:9
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret_key} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


def take_conditional_puts(app):
    """Hides If-None-Match from the S3 API's refusal and hands it on to Swift behind it."""
    validate = s3request.S3Request._validate_headers
    to_swift = s3request.S3Request.to_swift_req
    one_at_a_time = eventlet.semaphore.Semaphore(1)

    def validate_headers(self):
        condition = self.environ.pop("HTTP_IF_NONE_MATCH", None) if self.method == "PUT" else None
        validate(self)
        if condition is not None:
            self.environ["snapdeck.condition"] = condition

    def to_swift_req(self, method, *args, **kwargs):
        request = to_swift(self, method, *args, **kwargs)
        if method == "PUT" and "snapdeck.condition" in self.environ:
            request.environ["HTTP_IF_NONE_MATCH"] = self.environ["snapdeck.condition"]
        return request

    # The signature is of all headers as they came, and is looked at before they are.
    sign = s3request.SigV4Mixin._canonical_request

    def canonical_request(self):
        condition = self.environ.get("snapdeck.condition")
        if condition is None:
            return sign(self)
        self.environ["HTTP_IF_NONE_MATCH"] = condition
        try:
            return sign(self)
        finally:
            del self.environ["HTTP_IF_NONE_MATCH"]

    s3request.S3Request._validate_headers = validate_headers
    s3request.S3Request.to_swift_req = to_swift_req
    s3request.SigV4Mixin._canonical_request = canonical_request

    def serialised(environ, start_response):
        if environ["REQUEST_METHOD"] != "PUT":
            return app(environ, start_response)
        with one_at_a_time:
            return app(environ, start_response)

    return serialised


def end_with_standard_input():
    while True:
        eventlet.hubs.trampoline(sys.stdin.fileno(), read=True)
        if not os.read(sys.stdin.fileno(), 4096):
            os._exit(0)


os.makedirs(os.path.join(home, "device", "d1"), exist_ok=True)
sockets = {kind: eventlet.listen(("127.0.0.1", 0)) for kind in (*KINDS, "proxy")}
ports = {kind: socket.getsockname()[1] for kind, socket in sockets.items()}

for kind in KINDS:
    ring = RingBuilder(4, 1, 1)
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "device": "d1", "weight": 1, "meta": "", "ip": "127.0.0.1", "port": ports[kind],
                  "replication_ip": "127.0.0.1", "replication_port": ports[kind]})
    ring.rebalance(seed=1)
    ring.get_ring().save(os.path.join(home, f"{kind}.ring.gz"))

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
eventlet.spawn(end_with_standard_input)
servers = []
for kind in (*KINDS, "proxy"):
    path = os.path.join(home, f"{kind}-server.conf")
    with open(path, "w") as file:
        text = PROXY if kind == "proxy" else STORAGE
        file.write(text.format(home=home, kind=kind, account=account, user=user, secret_key=secret_key))
    app = loadapp(path, global_conf={"log_name": kind})
    if kind == "proxy" and takes_conditional_puts:
        app = take_conditional_puts(app)
    servers.append(eventlet.spawn(eventlet.wsgi.server, sockets[kind], app, log_output=False))

print(json.dumps({"url": f"http://127.0.0.1:{ports['proxy']}", "pid": os.getpid()}), flush=True)
servers[-1].wait()
