// Methods that every Buffer of Node has and that its types leave out. They read and write text without looking up an encoding by name.
// https://nodejs.org/api/buffer.html names them only through their general forms, `toString('latin1')` and `write(text, 'latin1')`.

declare global {
  interface Buffer {
    latin1Slice(start?: number, end?: number): string;
    latin1Write(text: string, offset?: number, length?: number): number;
  }
}

export {};
