import { expect, it } from "vitest";
import { deviceNumbers, parseLocks } from "./engine-lock.ts";

const LOCKS = `1: FLOCK  ADVISORY  WRITE 6110 fe:00:2146418 0 EOF
2: POSIX  ADVISORY  READ 12 00:1a:77 1073741826 1073742335
2: -> FLOCK  ADVISORY  WRITE 6200 fe:00:2146418 0 EOF
3: OFDLCK ADVISORY  READ -1 00:06:15 0 0
`;

it("reads who holds which file, and leaves out who only waits for it", () => {
  expect(parseLocks(LOCKS)).toEqual([
    { pid: 6110, major: 0xfe, minor: 0, inode: 2146418 },
    { pid: 12, major: 0, minor: 0x1a, inode: 77 },
    { pid: -1, major: 0, minor: 6, inode: 15 },
  ]);
});

it.each([
  [0xfe00, { major: 0xfe, minor: 0 }],
  [0x1a, { major: 0, minor: 0x1a }],
  [0x100301, { major: 3, minor: 0x101 }],
])("splits the device %i as the kernel does", (dev, numbers) => {
  expect(deviceNumbers(dev)).toEqual(numbers);
});
