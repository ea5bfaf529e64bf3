/** What `digest-worker.mjs` uses of it; the types of Node.js 20 do not declare it. `exports` are those of `engine-checksum`. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly INPUT: { readonly value: number };
      readonly INPUT_BYTES: { readonly value: number };
      goOnFrom(lowHalf: bigint, highHalf: bigint): void;
      update(length: number): void;
      lowHalf(): bigint;
      highHalf(): bigint;
    };
  };
};
