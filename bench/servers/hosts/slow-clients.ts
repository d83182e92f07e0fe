import { connect } from "node:net";

/** Many clients that read their answers at a thousand bytes a second, each asking again when it has one whole. */

const [port, count, rate, request] = process.argv.slice(2);
const message = Buffer.from(String(request), "base64");
const step = Number(rate) / 4;
let connected = 0;
let read = 0;
let answering = 0;

function open(): void {
  const socket = connect({ port: Number(port), host: "127.0.0.1", readableHighWaterMark: 1024 } as never);
  let left = -1;
  let answered = false;
  socket.on("connect", () => {
    connected += 1;
    socket.write(message);
  });
  const timer = setInterval(() => {
    const chunk = socket.read(Math.min(step, socket.readableLength || step)) as Buffer | null;
    if (!chunk) return;
    read += chunk.length;
    if (!answered) {
      answered = true;
      answering += 1;
      if (answering === Number(count)) process.stdout.write("all are being answered\n");
    }
    if (left < 0) {
      const text = chunk.toString("latin1");
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      const head = text.indexOf("\r\n\r\n");
      if (length === undefined || head < 0) return;
      left = Number(length) - (chunk.length - head - 4);
    } else left -= chunk.length;
    if (left > 0) return;
    left = -1;
    socket.write(message);
  }, 250);
  socket.on("error", () => undefined);
  socket.on("close", () => {
    clearInterval(timer);
    connected -= 1;
    open();
  });
  // Without a listener for data the stream is read by hand; it fills its buffer when it is asked for its first byte.
  socket.once("readable", () => undefined);
}

// Not all in one moment: the listening socket keeps few that wait.
for (let at = 0; at < Number(count); at += 1) setTimeout(open, at * 5);
setInterval(() => process.stdout.write(`${connected} clients, ${read} bytes\n`), 1000);
