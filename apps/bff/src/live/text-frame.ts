const FIN_TEXT = 0x81;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;

/** One unfragmented, unmasked text frame (RFC 6455 section 5.2), as a server sends it. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([header(payload.length), payload]);
}

function header(lengthBytes: number): Buffer {
  if (lengthBytes < LENGTH_IN_16_BITS) return Buffer.from([FIN_TEXT, lengthBytes]);
  if (lengthBytes < 2 ** 16) {
    const long = Buffer.from([FIN_TEXT, LENGTH_IN_16_BITS, 0, 0]);
    long.writeUInt16BE(lengthBytes, 2);
    return long;
  }
  const longer = Buffer.alloc(10);
  longer.set([FIN_TEXT, LENGTH_IN_64_BITS]);
  longer.writeBigUInt64BE(BigInt(lengthBytes), 2);
  return longer;
}
