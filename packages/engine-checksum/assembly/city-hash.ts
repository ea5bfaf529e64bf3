/**
 * CityHash128 as its version 1.0.2 defines it, chained over blocks of 2,048 bytes: what ClickHouse names a file's checksum.
 *
 * CityHash is by Geoff Pike and Jyrki Alakuijala, Copyright (c) 2011 Google, Inc., under the MIT licence; this is a new text of
 * the algorithm in AssemblyScript, made after `contrib/cityhash102/src/city.cc` of ClickHouse. Later versions of CityHash answer
 * other numbers. All arithmetic wraps at 64 bits, and all loads are little-endian, as on every machine that WebAssembly runs on.
 */
// biome-ignore-all lint/correctness/noPrecisionLoss: these are whole numbers of 64 bits.

/** Where the bytes are put before they are taken in: the second page of the memory and all that follow. */
export const INPUT: i32 = 0x1_0000;
export const INPUT_BYTES: i32 = 0x10_0000;

const K0: u64 = 0xc3a5c85c97cb3127;
const K1: u64 = 0xb492b66fbe98f273;
const K2: u64 = 0x9ae16a3b2f90404f;
const K3: u64 = 0xc949d7c7509e6557;
const FOLD: u64 = 0x9ddfea08eb382d69;

/** `DBMS_DEFAULT_HASHING_BLOCK_SIZE` of ClickHouse. */
const BLOCK: usize = 2048;

/** The hash of the blocks so far, which seeds that of the next. */
let low: u64 = 0;
let high: u64 = 0;

/** Goes on from these halves; a file begins with zeros. */
export function goOnFrom(lowHalf: u64, highHalf: u64): void {
  low = lowHalf;
  high = highHalf;
}

export function lowHalf(): u64 {
  return low;
}

export function highHalf(): u64 {
  return high;
}

/** Takes in the next bytes of the file. Only the last call for a file may bring a length that is no multiple of a block. */
export function update(length: usize): void {
  const end = <usize>INPUT + length;
  for (let at: usize = INPUT; at < end; at += BLOCK) {
    const size = min(BLOCK, end - at);
    if (size < 128) hashShort(at, size);
    else hashLong(at, size);
  }
}

function mix(value: u64): u64 {
  return value ^ (value >> 47);
}

function fold(one: u64, other: u64): u64 {
  return mix((other ^ mix((one ^ other) * FOLD)) * FOLD) * FOLD;
}

/** Up to 16 bytes. */
function hashTiny(at: usize, length: usize): u64 {
  if (length > 8) {
    const last = load<u64>(at + length - 8);
    return fold(load<u64>(at), rotr<u64>(last + length, length)) ^ last;
  }
  if (length >= 4) return fold(<u64>length + ((<u64>load<u32>(at)) << 3), <u64>load<u32>(at + length - 4));
  if (length === 0) return K2;
  const first: u64 = <u64>load<u8>(at) + ((<u64>load<u8>(at + (length >> 1))) << 8);
  const last: u64 = <u64>length + ((<u64>load<u8>(at + length - 1)) << 2);
  return mix((first * K2) ^ (last * K3)) * K2;
}

/** Up to 127 bytes. */
function hashShort(start: usize, length: usize): void {
  let a = low;
  let b = high;
  let c: u64 = 0;
  let d: u64 = 0;
  if (length <= 16) {
    a = mix(a * K1) * K1;
    c = b * K1 + hashTiny(start, length);
    d = mix(a + (length >= 8 ? load<u64>(start) : c));
  } else {
    c = fold(load<u64>(start + length - 8) + K1, a);
    d = fold(b + length, c + load<u64>(start + length - 16));
    a += d;
    // The last step takes in 1 to 16 bytes, and reads whole words of what was read before where there are fewer.
    for (let at = start, left = <i32>length - 16; left > 0; at += 16, left -= 16) {
      a = (a ^ (mix(load<u64>(at) * K1) * K1)) * K1;
      b ^= a;
      c = (c ^ (mix(load<u64>(at + 8) * K1) * K1)) * K1;
      d ^= c;
    }
  }
  a = fold(a, c);
  b = fold(d, b);
  low = a ^ b;
  high = fold(b, a);
}

/** Where {@link absorb} leaves its two halves: WebAssembly functions that are made inline answer one value. */
let absorbedFirst: u64 = 0;
let absorbedSecond: u64 = 0;

/** Takes 32 bytes into a pair of words. */
function absorb(at: usize, first: u64, second: u64): void {
  const last = load<u64>(at, 24);
  const begun = first + load<u64>(at);
  const turned = rotr<u64>(second + begun + last, 21);
  const sum = begun + load<u64>(at, 8) + load<u64>(at, 16);
  absorbedFirst = sum + last;
  absorbedSecond = turned + rotr<u64>(sum, 44) + begun;
}

/** 128 bytes and more. */
function hashLong(start: usize, length: usize): void {
  let at = start;
  let left = length;
  let x = low;
  let y = high;
  let z: u64 = <u64>length * K1;
  let v0 = rotr<u64>(y ^ K1, 49) * K1 + load<u64>(at);
  let v1 = rotr<u64>(v0, 42) * K1 + load<u64>(at, 8);
  let w0 = rotr<u64>(y + z, 35) * K1 + x;
  let w1 = rotr<u64>(x + load<u64>(at, 88), 53) * K1;
  for (; left >= 128; left -= 128) {
    for (let half = 0; half < 2; half++) {
      x = rotr<u64>(x + y + v0 + load<u64>(at, 16), 37) * K1;
      y = rotr<u64>(y + v1 + load<u64>(at, 48), 42) * K1;
      x ^= w1;
      y ^= v0;
      z = rotr<u64>(z ^ w0, 33);
      absorb(at, v1 * K1, x + w0);
      v0 = absorbedFirst;
      v1 = absorbedSecond;
      absorb(at + 32, z + w1, y);
      w0 = absorbedFirst;
      w1 = absorbedSecond;
      const swapped = z;
      z = x;
      x = swapped;
      at += 64;
    }
  }
  y += rotr<u64>(w0, 37) * K0 + z;
  x += rotr<u64>(v0 + z, 49) * K0;
  // From the end backwards; the last 32 bytes may begin before what is left.
  for (let done: usize = 0; done < left; ) {
    done += 32;
    const tail = at + left - done;
    y = rotr<u64>(y - x, 42) * K0 + v1;
    w0 += load<u64>(tail, 16);
    x = rotr<u64>(x, 49) * K0 + w0;
    w0 += v0;
    absorb(tail, v0, v1);
    v0 = absorbedFirst;
    v1 = absorbedSecond;
  }
  x = fold(x, v0);
  y = fold(y, w0);
  low = fold(x + v1, w1) + y;
  high = fold(x + w1, y + v1);
}
