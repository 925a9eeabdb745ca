"""Addresses that strangers might send to reach what is not theirs, over 200 of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

# Where the public origin of these cases lies, and the host that leads there.
PUBLIC = "93.184.216.34"
PUBLIC6 = "2606:2800:220:1:248:1893:25c8:1946"
HOST = "public.example"

# At least one address of every block that is not the public internet's.
CLOSED = (
    "0.0.0.0",
    "0.0.0.1",
    "0.255.255.255",
    "10.0.0.0",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
)
CLOSED6 = (
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    f"::ffff:{PUBLIC}",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456:789a::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff05::2",
)
# Ways to write 127.0.0.1 or 169.254.169.254, or to hide it behind another host.
_SPELLINGS = (
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1./",
    "http://127.0.0.01/",
    "http://127.00.0.1/",
    "http://127.0.0.1.:80/",
    "http://127.0.0.256/",
    "http://127.0.0.0x1/",
    "http://1.2.3.4.5/",
    "http://0/",
    "http://00/",
    "http://0x/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[127.0.0.1]/",
    "http://[::1%25lo]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[v1.a]/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]x/",
    "http://[::1]:/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[0000:0000:0000:0000:0000:0000:0000:0001]/",
    "http://[::0001]/",
    "http://[::FFFF:7F00:0001]/",
    "http://①②⑦.⓪.⓪.①/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://loc%61lhost/",
    "http://127%2e0%2e0%2e1/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%2f@public.example/",
    "http://public.example@127.0.0.1/",
    "http://public.example:80@127.0.0.1/",
    "http://127.0.0.1@public.example/",
    "http://a:b@public.example/",
    "http://@public.example/",
    "http://public.example%40127.0.0.1/",
    "http://127.0.0.1\\@public.example/",
    "http://public.example\\@127.0.0.1/",
    "http://127.0.0.1:80\\.public.example/",
    "http:\\\\127.0.0.1\\",
    "http:/127.0.0.1/",
    "http:127.0.0.1/",
    "http:///127.0.0.1/",
    "http://",
    "http:///",
    "//127.0.0.1/",
    "127.0.0.1",
    "http://public.example:0/",
    "http://public.example:99999/",
    "http://public.example:-1/",
    "http://public.example:+80/",
    "http://public.example:80:80/",
    "http://public.example:８０/",
    "http://public.example:80 /",
    " http://127.0.0.1/",
    "http:// 127.0.0.1/",
    "http://127.0.0.1 /",
    "http://127.0.0.1\t/",
    "http://127.0.0.1\n/",
    "ht\ntp://127.0.0.1/",
    "http://127.0.0.1\0.public.example/",
    "http://127.0.0.1\r\nHost: a/",
    "http://public.example/\r\nHost:127.0.0.1",
    "http://public.example/\x7f",
    "http://public..example/",
    "http://.public.example/",
    "http://public.example./",
    "http://-/",
    "http://*/",
    "http://a,b/",
    "http://public.exämple/",
    "http://public.example;127.0.0.1/",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "ftp://127.0.0.1/a",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:6379/info",
    "ldap://127.0.0.1/",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "ws://127.0.0.1/",
    "httpx://127.0.0.1/",
    "jar:http://127.0.0.1/!/",
    "",
    "http://" + "a" * 9000,
    "http://public.example/" + "a" * 9000,
)


@dataclass(frozen=True)
class Case:
    """One address, and what the names in it stand for.

    Attributes:
        url: What is sent.
        answers: By host, the answers of its look-ups, one list after the other.
        is_fetched: Whether there is a picture for it, from the public origin alone;
            none where it may be either.
    """

    url: str
    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    is_fetched: bool | None = False


def cases() -> list[Case]:
    """Return them all."""
    known = {HOST: [[PUBLIC]]}
    made = [Case(url, known) for url in _SPELLINGS]
    made += [Case(f"http://{address}/", known) for address in CLOSED]
    made += [Case(f"http://[{address}]/", known) for address in CLOSED6]
    for address in (*CLOSED, *CLOSED6):
        made.append(Case("http://inner.example/", {"inner.example": [[address]]}))
        mixed = [[PUBLIC, address]]
        made.append(Case("https://mixed.example/", {"mixed.example": mixed}))
        literal = f"[{address}]" if ":" in address else address
        made.append(Case(_onward(f"http://{literal}:8080/"), known))
        behind = {**known, "inner.example": [[address]]}
        made.append(Case(_onward("//inner.example/"), behind))
        # The name changes its meaning between two look-ups: the first one counts.
        turning = {"turning.example": [[PUBLIC], [address], [address]]}
        made.append(Case("http://turning.example/", turning, is_fetched=True))
        made.append(Case(_onward("/again", "turning.example"), turning))
    # Some of these are paths of the origin's own to the rules of redirects.
    made += [Case(_onward(url), known, None) for url in _SPELLINGS if _is_sendable(url)]
    chain = "http://127.0.0.1/"
    for _ in range(3):
        chain = _onward(chain)
    made.append(Case(chain, known))
    made.append(Case("http://localhost/", {"localhost": [["127.0.0.1", "::1"]]}))
    made.append(Case(f"http://{HOST}/", known, is_fetched=True))
    made.append(Case(f"http://{HOST}?@127.0.0.1:x", known, is_fetched=True))
    made.append(Case(f"http://[{PUBLIC6}]/", is_fetched=True))
    made.append(Case(_onward("/a.png"), known, is_fetched=True))
    return made


def _onward(location: str, host: str = HOST) -> str:
    """Return an address at the public origin that leads on to another one."""
    return f"http://{host}/go?{quote(location, safe='')}"


def _is_sendable(url: str) -> bool:
    """Tell whether a URL fits into a header and leads away from the origin."""
    return (
        url.isascii()
        and url.isprintable()
        and len(url) < 2000
        and "//" in url
        and HOST not in url
    )
