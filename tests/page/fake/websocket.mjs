// The server side of RFC 6455, as far as the page's tests need it: text and binary frames, close, ping.
import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';

const Guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

/** Answers an HTTP upgrade. The result emits 'message' (a string), 'bytes' (a buffer) and 'close'. */
export function acceptWebSocket(request, socket) {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + Guid).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  return new ServerWebSocket(socket);
}

class ServerWebSocket extends EventEmitter {
  #socket;
  #received = Buffer.alloc(0);

  constructor(socket) {
    super();
    this.#socket = socket;
    socket.on('data', bytes => this.#read(bytes));
    socket.on('close', () => this.emit('close'));
    socket.on('error', () => socket.destroy());
  }

  send(text) {
    this.#write(Text, Buffer.from(text));
  }

  sendBytes(bytes) {
    this.#write(Binary, Buffer.from(bytes));
  }

  close() {
    this.#write(Close, Buffer.alloc(0));
    this.#socket.end();
  }

  #write(opcode, payload) {
    const length = payload.length;
    const head = length < 126 ? Buffer.from([0x80 | opcode, length]) : Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]);
    if (this.#socket.writable) this.#socket.write(Buffer.concat([head, payload]));
  }

  #read(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (let frame = this.#take(); frame; frame = this.#take()) {
      if (frame.opcode === Text) this.emit('message', frame.payload.toString());
      else if (frame.opcode === Binary) this.emit('bytes', frame.payload);
      else if (frame.opcode === Ping) this.#write(Pong, frame.payload);
      else if (frame.opcode === Close) this.close();
    }
  }

  /** One whole frame; a browser's frames are masked and, at the sizes used here, in one piece. */
  #take() {
    const data = this.#received;
    if (data.length < 6) return null;
    const short = data[1] & 127;
    const start = short < 126 ? 2 : 4;
    const length = short < 126 ? short : data.readUInt16BE(2);
    if (data.length < start + 4 + length) return null;
    const mask = data.subarray(start, start + 4);
    const payload = Buffer.from(data.subarray(start + 4, start + 4 + length)).map((byte, index) => byte ^ mask[index % 4]);
    this.#received = data.subarray(start + 4 + length);
    return { opcode: data[0] & 15, payload };
  }
}
