import { measure } from './micro.ts';
import { highOfProduct } from '../src/foundation/hashing/limbs.ts';
const P1 = 0x9e3779b185ebca87n, P2 = 0xc2b2ae3d27d4eb4fn, P3 = 0x165667b19e3779f9n, P4 = 0x85ebca77c2b2ae63n, P5 = 0x27d4eb2f165667c5n;
const w = new BigUint64Array(8).map((_, i) => BigInt(i) * 0x123456789abcdefn);
const out = new BigUint64Array(1);
const out32 = new Int32Array(out.buffer);
const U = (v: bigint) => BigInt.asUintN(64, v);
const r31 = (v: bigint) => U(v << 31n) | (v >> 33n);
function hash24(): void {
  let h = U(P5 + 24n);
  for (let i = 0; i < 3; i++) {
    let k = U((w[i] as bigint) * P2);
    k = U(BigInt.asUintN(64, k << 31n) | BigInt.asUintN(64, k >> 33n));
    k = U(k * P1);
    h = U(h ^ k);
    h = U(BigInt.asUintN(64, h << 27n) | BigInt.asUintN(64, h >> 37n));
    h = U(U(h * P1) + P4);
  }
  h = U(h ^ U(h >> 33n)); h = U(h * P2); h = U(h ^ U(h >> 29n)); h = U(h * P3); h = U(h ^ U(h >> 32n));
  out[0] = h;
}
const M = 0x100000000;
function hpD(aH: number, aL: number, bH: number, bL: number): number {
  const low = Math.imul(aL, bL);
  const hi = ((aL >>> 0) * (bL >>> 0) - (low >>> 0)) * (1 / M) + 0.5;
  return (hi + Math.imul(aH, bL) + Math.imul(aL, bH)) | 0;
}
function hpF(aH: number, aL: number, bH: number, bL: number): number {
  const a = aL >>> 0;
  const x = a * (bL >>> 16);
  const y = a * (bL & 0xffff);
  const hi = (x + y * (1 / 65536)) * (1 / 65536);
  return ((hi | 0) + Math.imul(aH, bL) + Math.imul(aL, bH)) | 0;
}
const h = 0x9e3779b1 | 0, l = 0x85ebca87 | 0;
measure('x', [
  { name: 'bigint 24 bytes', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { hash24(); s ^= out32[0] as number; } return s; } },
  { name: 'int mul chain', run: (n) => { let a = 1, b = 5; for (let i = 0; i < n; i++) { a = highOfProduct(a, b, h, l); b = Math.imul(b, l) ^ a; } return a ^ b; } },
  { name: 'double mul chain', run: (n) => { let a = 1, b = 5; for (let i = 0; i < n; i++) { a = hpD(a, b, h, l); b = Math.imul(b, l) ^ a; } return a ^ b; } },
  { name: 'double split mul chain', run: (n) => { let a = 1, b = 5; for (let i = 0; i < n; i++) { a = hpF(a, b, h, l); b = Math.imul(b, l) ^ a; } return a ^ b; } },
  { name: 'int mul indep', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { s ^= highOfProduct(i, i, h, l); } return s; } },
  { name: 'double mul indep', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { s ^= hpD(i, i, h, l); } return s; } },
  { name: 'double split indep', run: (n) => { let s = 0; for (let i = 0; i < n; i++) { s ^= hpF(i, i, h, l); } return s; } },
]);
