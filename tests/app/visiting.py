"""A visitor of the page without a server: requests go straight to the site, cookies are kept."""

import asyncio
import csv
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np

from umkm_stats.app import _site
from umkm_stats.app._folder import Folder
from umkm_stats.app._guard import Keys

PORT = 51234
HOST = f"http://127.0.0.1:{PORT}"
AGREE = ("Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju")


def answers(path: Path, *, odd: dict | None = None, n: int = 40, words=AGREE) -> Path:
    """X1.1 … Y.3 in words, with a time and a name; ``odd``: (row, heading) → another answer."""
    rng = np.random.default_rng(3)
    heads = [f"{code}.{i}" for code in ("X1", "M", "Y") for i in (1, 2, 3)]
    base = rng.normal(size=(n, 3)).cumsum(axis=1)
    rows = []
    for r in range(n):
        points = [
            int(np.clip(np.round(3 + base[r, k] * 0.8 + rng.normal() * 0.5), 1, 5))
            for k in range(3)
            for _ in range(3)
        ]
        row = {h: words[p - 1] for h, p in zip(heads, points, strict=True)}
        row |= {h: a for (at, h), a in (odd or {}).items() if at == r}
        rows.append([f"2026/01/{1 + r % 28:02d} 10:00:00", f"Orang {r}", *(row[h] for h in heads)])
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["Timestamp", "Nama", *heads], *rows])
    return path


class Client:
    """Requests to the site as one browser makes them, cookies kept."""

    def __init__(self, site, headers=None) -> None:
        self.site, self.headers, self.jar = site, headers or {}, httpx.Cookies()

    def request(self, method: str, path: str, headers=None, **given) -> httpx.Response:
        async def asked() -> httpx.Response:
            way = httpx.ASGITransport(app=self.site.guarded)
            known = {"transport": way, "base_url": HOST, "cookies": self.jar, "follow_redirects": True}
            async with httpx.AsyncClient(**known) as client:
                answer = await client.request(method, path, headers=self.headers | (headers or {}), **given)
                self.jar = client.cookies
                return answer

        with ThreadPoolExecutor(1) as apart:  # this thread may hold the loop of a browser
            return apart.submit(asyncio.run, asked()).result()

    def get(self, path: str, **given) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given) -> httpx.Response:
        return self.request("POST", path, **given)

    def put(self, path: str) -> httpx.Response:
        return self.request("PUT", path)


class Page:
    """One visitor of a site in a folder."""

    def __init__(self, root: Path, lang: str = "id") -> None:
        self.folder = Folder(root)
        self.folder.prepare()
        keys = Keys()
        self.site = _site.Site(self.folder, port=PORT, keys=keys, lang=lang)
        self.client = Client(self.site, {"origin": HOST})
        assert self.client.get(f"/?token={keys.fresh()}").status_code == 200

    def get(self, path: str):
        return self.client.get(path)

    def digest(self, path: str) -> str:
        return re.search(r'name="digest" value="(\w+)"', self.get(path).text)[1]

    def post(self, path: str, files=None, **data):
        given = {"digest": self.digest("/" + path.split("/")[1]), **data}
        return self.client.post(path, data=given, files=files)

    def upload(self, path: Path, name: str | None = None):
        return self.post("/file", files={"answers": (name or path.name, path.read_bytes())})


def codes(response) -> set[str]:
    return set(re.findall(r"Kode (\w{3}\d{3})", response.text))
