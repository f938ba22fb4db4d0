"""Who may come in: tokens, their accounts, their credits and the limits on free ones."""

import math
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self

from attrs import define, field

from nemovideo.emulator.answers import out_of_credits, rate_limited, token_invalid
from nemovideo.emulator.docket import Docket
from nemovideo.emulator.records import AccountRow

__all__ = ["WEEK", "Account", "Accounts", "bearer"]

WEEK = 7 * 24 * 3600.0
_PREFIX = "nmv_usr_"


@define(eq=False)
class Account:
    """One token's owner.

    Args:
        user_id: `anon_..` for a free account, `usr_..` for a registered one.
        token: the bearer token, the newest where it was renewed; kept out of `repr`.
        total: credits, those reserved by running work included.
        expires_at: seconds since the epoch; infinite for a registered account.
        frozen: credits reserved by running work.
    """

    user_id: str
    token: str = field(repr=False)
    total: int
    expires_at: float
    frozen: int = 0

    @property
    def available(self) -> int:
        """Credits that a new message may spend."""
        return self.total - self.frozen

    @property
    def expires(self) -> str:
        """The expiry in ISO 8601."""
        return datetime.fromtimestamp(self.expires_at, UTC).isoformat(timespec="seconds")

    def kept(self) -> AccountRow:
        """Return what is kept of it; the ways to it are not its own to know."""
        return AccountRow(
            user_id=self.user_id,
            tokens=[],
            client_ids=[],
            total=self.total,
            expires_at=self.expires_at if math.isfinite(self.expires_at) else None,
        )

    @classmethod
    def restored(cls, row: AccountRow) -> Self:
        """Return the account of which `row` was kept."""
        expires_at = math.inf if row["expires_at"] is None else row["expires_at"]
        return cls(row["user_id"], row["tokens"][-1], row["total"], expires_at)

    def require(self, price: int) -> None:
        """Refuse with 2001 when `price` is more than is available."""
        if price > self.available:
            raise out_of_credits(price, self.available)

    @contextmanager
    def reserved(self, price: int) -> Iterator[None]:
        """Freeze `price` while work runs, and charge it once the work is done."""
        self.frozen += price
        try:
            yield
            self.total -= price
        finally:
            self.frozen -= price


@define(eq=False)
class Accounts:
    """All accounts of one emulator.

    Args:
        credits: what a free account starts with.
        ip_limit: free tokens per address and week; `None` sets no limit.
        clock: seconds since the epoch.
        docket: what was ordered to go wrong; tokens may be told to expire.
    """

    credits: int
    ip_limit: int | None = None
    clock: Callable[[], float] = time.time
    docket: Docket = field(factory=Docket, repr=False)
    _disowned: set[str] = field(factory=set, init=False, repr=False)
    _by_token: dict[str, Account] = field(factory=dict, init=False, repr=False)
    _by_client: dict[str, Account] = field(factory=dict, init=False, repr=False)
    _by_address: dict[str, list[float]] = field(factory=dict, init=False, repr=False)

    def of(self, authorization: str) -> Account:
        """Return the account of an `Authorization` header, or refuse with 1001."""
        token = bearer(authorization)
        account = self._by_token.get(token)
        if account is None or account.expires_at <= self.clock():
            raise token_invalid()
        if self.docket.refuses(token):
            raise token_invalid()
        return account

    def disown(self, token: str) -> None:
        """Let the client of a token that was refused by order have another within the week.

        The new one opens the same account, and the old one is worth nothing from then on.
        """
        self._disowned.add(token)

    def anonymous(self, client_id: str, address: str) -> Account:
        """Open a free account: one per client id and week, `ip_limit` per address and week.

        A client whose token was ordered to expire, or refused with 1001 by order, gets another
        one within the week.
        """
        now = self.clock()
        earlier = self._by_client.get(client_id)
        if earlier is not None and now < earlier.expires_at:
            return self._renewed(earlier, client_id, address, now)
        return self._anew(client_id, address, now)

    def _renewed(self, earlier: Account, client_id: str, address: str, now: float) -> Account:
        expiries = self.docket.expiries(earlier.token)
        disowned = earlier.token in self._disowned
        if not expiries and not disowned:
            raise rate_limited(
                "One anonymous token per client id every 7 days", earlier.expires_at - now
            )
        if not all(expiry.keep_sessions for expiry in expiries):
            return self._anew(client_id, address, now)
        self._admit(address, now)
        if disowned:
            del self._by_token[earlier.token]
        earlier.token, earlier.expires_at = self._token(earlier), now + WEEK
        return earlier

    def _anew(self, client_id: str, address: str, now: float) -> Account:
        self._admit(address, now)
        account = self._open(f"anon_{secrets.token_hex(8)}", self.credits, now + WEEK)
        self._by_client[client_id] = account
        return account

    def registered(self, credits: int) -> Account:  # noqa: A002 - the unit's only name
        """Open an account whose token does not expire."""
        return self._open(f"usr_{secrets.token_hex(8)}", credits, math.inf)

    def kept(self) -> tuple[list[AccountRow], dict[str, list[float]]]:
        """Return what is kept of the accounts, and when each address was given a token.

        Credits that running work has frozen are not: work that dies gives them back.
        """
        # Copies: another thread may register an account meanwhile.
        tokens, rows = self._by_token.copy(), dict[str, AccountRow]()
        for token, account in tokens.items():
            rows.setdefault(account.user_id, account.kept())["tokens"].append(token)
        for client_id, account in self._by_client.items():
            rows[account.user_id]["client_ids"].append(client_id)
        return [*rows.values()], {**self._by_address}

    def restore(
        self, rows: Sequence[AccountRow], addresses: Mapping[str, list[float]]
    ) -> dict[str, Account]:
        """Take in what was kept; return the accounts by their `user_id`."""
        found = {row["user_id"]: Account.restored(row) for row in rows}
        for row in rows:
            account = found[row["user_id"]]
            self._by_token |= dict.fromkeys(row["tokens"], account)
            self._by_client |= dict.fromkeys(row["client_ids"], account)
        self._by_address |= addresses
        return found

    def _admit(self, address: str, now: float) -> None:
        recent = [at for at in self._by_address.get(address, []) if at > now - WEEK]
        if self.ip_limit is not None and len(recent) >= self.ip_limit:
            wait = min(recent, default=now) + WEEK - now
            raise rate_limited("Too many anonymous tokens from this address in 7 days", wait)
        self._by_address[address] = [*recent, now]

    def _open(self, user_id: str, total: int, expires_at: float) -> Account:
        account = Account(user_id, "", total, expires_at)
        account.token = self._token(account)
        return account

    def _token(self, account: Account) -> str:
        token = _PREFIX + secrets.token_hex(24)
        self._by_token[token] = account
        self.docket.issue(token)
        return token


def bearer(authorization: str) -> str:
    """Return the token of an `Authorization` header; empty when it has none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
