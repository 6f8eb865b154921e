import { gpText, type GpField } from './gp-text';

/** Writes free text field by field and keeps what had to change, each warning once. */
export class TextWriter {
  private readonly seen = new Set<string>();
  get warnings(): string[] { return [...this.seen]; }
  warn(warning: string): void { this.seen.add(warning); }
  /** The text as GP takes it; undefined when there is none, so that the element is left out. */
  text(field: GpField, value: string | undefined): string | undefined {
    if (value === undefined || value.trim() === '') return undefined;
    const { text, warnings } = gpText(field, value);
    warnings.forEach((w) => this.seen.add(w));
    return text;
  }
}
