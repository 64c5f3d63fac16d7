/** The lines of a foreign reply up to a bound; the rest is counted and said in a line of its own. */
export class KeptLines {
  readonly #mostLines: number;
  readonly #mostCharacters: number;
  #lines: string[] = [];
  #characters = 0;
  #more = 0;

  constructor(mostLines: number, mostCharacters: number) {
    this.#mostLines = mostLines;
    this.#mostCharacters = mostCharacters;
  }

  add(line: string): void {
    const characters = this.#characters + line.length;
    if (this.#more > 0 || this.#lines.length >= this.#mostLines || characters > this.#mostCharacters) {
      this.#more += 1;
      return;
    }
    this.#lines.push(line);
    this.#characters = characters;
  }

  /** Hands out what was kept, and begins anew. */
  take(): readonly string[] {
    const more = this.#more;
    const lines = this.#lines;
    this.#lines = [];
    this.#characters = 0;
    this.#more = 0;
    return more === 0 ? lines : [...lines, `[... ${more.toLocaleString('en')} more line${more === 1 ? '' : 's'}]`];
  }
}
