"""Downloads a torrent into a folder with libtorrent, from its web seeds alone: libtorrent-download.py TORRENT FOLDER."""

import sys
import time

import libtorrent

torrent, folder = sys.argv[1:]
session = libtorrent.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        # Loopback addresses are those of the seeds.
        "ssrf_mitigation": False,
        "alert_mask": libtorrent.alert.category_t.error_notification | libtorrent.alert.category_t.status_notification,
    }
)
info = libtorrent.torrent_info(torrent)
protocols = info.info_hashes()
print("protocols:", *(["v1"] if protocols.has_v1() else []), *(["v2"] if protocols.has_v2() else []))
handle = session.add_torrent({"ti": info, "save_path": folder})
while not handle.status().is_seeding:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        print(alert.message())
    error = handle.status().errc
    if error.value() != 0:
        sys.exit(error.message())
