"""receiver.py DIR: the customer's mail server, for a minute: each message it takes goes to DIR/NN (01, 02, ...), two
lines of envelope and then its bytes as they came. Prints its port."""
import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Keep:
    taken = 0

    async def handle_DATA(self, server, session, envelope):
        self.taken += 1
        with open(f"{sys.argv[1]}/{self.taken:02}", "wb") as f:
            f.write(f"{envelope.mail_from}\n{' '.join(envelope.rcpt_tos)}\n".encode())
            f.write(envelope.original_content)
        return f"250 taken as {self.taken:02}"


async def serve():
    keep = Keep()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(keep), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(60)

asyncio.run(serve())
