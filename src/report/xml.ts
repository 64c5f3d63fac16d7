const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute, of XML 1.0 and of HTML alike. Characters that XML forbids must be gone. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

export type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes escaped; the lines of its content are markup already and are indented. */
export function element(name: string, attributes: Attributes, content: readonly string[]): readonly string[] {
  const opening = `<${name}${attributeText(attributes)}`;
  return content.length === 0 ? [`${opening}/>`] : [`${opening}>`, ...content.map((line) => `  ${line}`), `</${name}>`];
}

/** An element on lines that are text: its white space counts, so nothing is indented. */
export function textElement(name: string, attributes: Attributes, text: string): string {
  return `<${name}${attributeText(attributes)}>${escapeMarkup(text)}</${name}>`;
}

function attributeText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeMarkup(String(value))}"`)
    .join('');
}
