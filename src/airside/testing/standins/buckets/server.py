"""The S3 of a session: that of moto, in memory. Its namespace is one, as that of S3 is."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

import boto3
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from airside.base.errors import PlatformError, UsageError
from airside.testing.standins.port import Reached
from airside.testing.standins.web.quiet import QuietHandler

LOOPBACK: Final = "127.0.0.1"
REGION: Final = "us-east-1"
ACCESS_KEY: Final = "airside-test"
SECRET_KEY: Final = "airside-test-secret"  # noqa: S105 - of no account


class S3Server:
    """The server; each test finds it empty."""

    def __init__(self, server: BaseWSGIServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="airside-s3", daemon=True)
        self._thread.start()
        self._users = 0
        self.url = f"http://{LOOPBACK}:{server.port}"
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    @classmethod
    def start(cls) -> Self:
        """Start it.

        Raises:
            PlatformError: It does not start.
        """
        application = DomainDispatcherApplication(create_backend_app)
        try:
            return cls(make_server(LOOPBACK, 0, application, threaded=True, request_handler=QuietHandler))
        except OSError as error:
            raise PlatformError(f"The S3 for the tests does not start: {error}") from error

    def close(self) -> None:
        """Stop it."""
        self.client.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fill(self, buckets: Iterable[str], objects: Mapping[tuple[str, str], bytes]) -> None:
        """Make buckets and objects for one more user, who has to `leave`.

        Raises:
            UsageError: A name is none that S3 takes.
        """
        what = ""
        try:
            for bucket in dict.fromkeys(buckets):
                what = f"the bucket {bucket!r}"
                self.client.create_bucket(Bucket=bucket)
            for (bucket, key), data in objects.items():
                what = f"the object {bucket}/{key}"
                self.client.put_object(Bucket=bucket, Key=key, Body=data)
        except (ClientError, BotoCoreError) as error:
            self._clear_unless_used()
            raise UsageError(f"S3 refuses {what}: {' '.join(str(error).split())}") from error
        self._users += 1

    def leave(self) -> None:
        """Say that one user has gone; after the last one it is empty again."""
        self._users -= 1
        self._clear_unless_used()

    def _clear_unless_used(self) -> None:
        if self._users == 0:
            urllib3.request("POST", f"{self.url}/moto-api/reset")


class RunningS3:
    """The S3 of one test."""

    def __init__(self, server: S3Server) -> None:
        self._server = server
        self._is_open = True
        extra = {"endpoint_url": server.url, "region_name": REGION}
        self.reached = Reached(
            {"conn_type": "aws", "login": ACCESS_KEY, "password": SECRET_KEY, "extra": extra},
            {
                "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_REGION": REGION,
                "AWS_ENDPOINT_URL": server.url,
                "AWS_ALLOW_HTTP": "true",  # for obstore, which speaks HTTPS alone otherwise
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        )

    def close(self) -> None:
        """Empty it, if no other connection of the test leads to it."""
        if self._is_open:
            self._is_open = False
            self._server.leave()

    def buckets(self) -> list[str]:
        """As `HasObjects`."""
        return sorted(each["Name"] for each in self._server.client.list_buckets()["Buckets"])

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """As `HasObjects`."""
        wanted, _, start = prefix.removeprefix("s3://").partition("/")
        has_bucket = "/" in prefix.removeprefix("s3://")
        found = {}
        for bucket in self.buckets():
            if bucket == wanted if has_bucket else bucket.startswith(wanted):
                found.update(self._in(bucket, start))
        return dict(sorted(found.items()))

    def _in(self, bucket: str, start: str) -> dict[str, bytes]:
        client = self._server.client
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=start)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {f"{bucket}/{key}": client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
