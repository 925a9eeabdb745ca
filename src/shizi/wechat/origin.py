"""Where a call comes from, and whether that is someone we know."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import TYPE_CHECKING

from shizi.web.call import find_address
from shizi.wechat import names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.requests import Request


class Friends:
    """Those who may bring tokens of WeChat's own."""

    def __init__(
        self,
        networks: Sequence[IPv4Network | IPv6Network] = (),
        word: str | None = None,
    ) -> None:
        """Take what they are known by.

        Args:
            networks: Where they are.
            word: What they say in the header `names.FRIEND_HEADER`.
        """
        self._networks = networks
        self._word = word

    def know(self, request: Request) -> bool:
        """Return whether a call comes from one of them."""
        if self._word is not None:
            said = request.headers.get(names.FRIEND_HEADER, "")
            if hmac.compare_digest(self._word.encode(), said.encode()):
                return True
        try:
            address = ip_address(find_address(request))
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)
