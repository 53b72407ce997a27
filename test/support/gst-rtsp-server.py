"""An RTSP server for tests and benches: GStreamer's, driven by one JSON argument; says `ready PORT` when it serves.

{"port": 0, "mounts": [{"path": "/a", "file": "/clip.mp4", "codec": "h264", "shared": false, "delayMs": 0, "launch": null}],
 "auth": {"method": "basic" | "digest", "user": "u", "password": "p"} | null,
 "tls": {"certificate": "/c.pem", "key": "/k.pem"} | null, "protocols": ["tcp", "udp"]}

Stops when its standard input ends, so that it never outlives the test.
"""

import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

DEMUXERS = {"mp4": "qtdemux", "mov": "qtdemux", "mkv": "matroskademux", "ts": "tsdemux"}
CHAINS = {
    "h264": "h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "h265parse config-interval=-1 ! rtph265pay name=pay0 pt=96 config-interval=-1",
    "mjpeg": "jpegparse ! rtpjpegpay name=pay0 pt=26",
    "aac": "aacparse ! rtpmp4gpay name=pay0 pt=97",
}
PROTOCOLS = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}


def to_launch(mount):
    if mount.get("launch"):
        return mount["launch"]
    path = mount["file"]
    demuxer = DEMUXERS[path.rsplit(".", 1)[-1]]
    return f'( filesrc location="{path}" ! {demuxer} ! queue ! {CHAINS[mount.get("codec", "h264")]} )'


def refuse_seeks(_pad, info):
    query = info.get_query()
    if query.type != Gst.QueryType.SEEKING:
        return Gst.PadProbeReturn.OK
    query.set_seeking(Gst.Format.TIME, False, 0, -1)
    return Gst.PadProbeReturn.HANDLED


class LiveFactory(GstRtspServer.RTSPMediaFactory):
    """Plays like a camera: a client that joins does not set the stream back to its start, as a file would be."""

    def do_create_element(self, url):
        element = GstRtspServer.RTSPMediaFactory.do_create_element(self, url)
        pay = element.get_by_name("pay0")
        pay.get_static_pad("sink").add_probe(Gst.PadProbeType.QUERY_UPSTREAM, refuse_seeks)
        pay.get_static_pad("src").set_offset(self.delay_ns)
        return element


def add_mount(mounts, mount, options):
    factory = LiveFactory() if mount.get("shared") else GstRtspServer.RTSPMediaFactory()
    factory.delay_ns = int(mount.get("delayMs", 0)) * 1_000_000
    factory.set_launch(to_launch(mount))
    factory.set_shared(bool(mount.get("shared", False)))
    lower = GstRtsp.RTSPLowerTrans(0)
    for name in options.get("protocols") or ["tcp", "udp"]:
        lower |= PROTOCOLS[name]
    factory.set_protocols(lower)
    if options.get("auth"):
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("user", "media.factory.access", True)
        permissions.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(permissions)
    mounts.add_factory(mount["path"], factory)


def to_auth(options):
    auth = GstRtspServer.RTSPAuth()
    if options.get("tls"):
        tls = options["tls"]
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(tls["certificate"], tls["key"]))
    wanted = options.get("auth")
    if wanted:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        if wanted["method"] == "digest":
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(wanted["user"], wanted["password"], token)
        else:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(wanted["user"], wanted["password"]), token)
    return auth


def end_with_input(loop):
    sys.stdin.buffer.read()
    loop.quit()


def main():
    options = json.loads(sys.argv[1])
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.get("port", 0)))
    server.set_backlog(256)
    for mount in options["mounts"]:
        add_mount(server.get_mount_points(), mount, options)
    if options.get("auth") or options.get("tls"):
        server.set_auth(to_auth(options))
    loop = GLib.MainLoop()
    if server.attach(None) == 0:
        sys.exit("the port cannot be bound")
    print(f"ready {server.get_bound_port()}", flush=True)
    threading.Thread(target=end_with_input, args=(loop,), daemon=True).start()
    loop.run()


main()
