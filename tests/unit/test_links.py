"""The link check finds what is gone, and only that."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import links
import pytest


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(self.path.rpartition("/")[2]))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("paths", "code", "said"),
    [
        (["200", "a/200#part"], 0, "2 addresses, 0 refused to answer, 0 broken"),
        (["200", "403", "429"], 0, "3 addresses, 2 refused to answer, 0 broken"),
        (["200", "404"], 1, "index.html: {}/404: 404\n"),
        (["500"], 1, "1 addresses, 0 refused to answer, 1 broken"),
        ([], 1, "0 addresses"),
    ],
)
def test_broken_links_are_found(paths, code, said, server, tmp_path, capsys):
    anchors = "".join(f'<a class="x" href="{server}/{path}">x</a>' for path in paths)
    (tmp_path / "index.html").write_text(f'{anchors}<a href="page/">x</a>')
    assert links.main(tmp_path) == code
    assert said.format(server) in capsys.readouterr().out


def test_a_server_that_is_not_there_is_broken(tmp_path, capsys):
    (tmp_path / "index.html").write_text('<a href="http://127.0.0.1:1/">x</a>')
    assert links.main(tmp_path) == 1
    assert "refused" in capsys.readouterr().out
