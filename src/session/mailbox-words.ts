/** Readings of one name, of which one has to be in scope; the first is the name as it is reported. */
export type NameReadings = readonly [string, ...string[]];

/** How much of a text may be taken for a name: in a command that names a mailbox every dotted word, elsewhere mailboxes only. */
export type WordContext = 'command' | 'text';

/** Whether a word is a local part that the operator named, which hides no domain. */
export type IsKnownLocalPart = (word: string) => boolean;

/** Everything that could be read as a domain or as a local part: what stands behind @ or %, before !, or holds a dot. */
const WORD = /\[[^\][]*\]|[^\s<>@%!,:;"'()\\|[\]=]+/gu;
/** Blanks, quotes and the brackets of comments (RFC 5322 §3.2.2), which parsers pass over. */
const PASSED_OVER = /[\s"'\\()]/u;
const DOT = /[.\u3002\uff0e\uff61]/u;
const INNER_DOT = /[^.\u3002\uff0e\uff61][.\u3002\uff0e\uff61]+[^.\u3002\uff0e\uff61]/u;
/** Where some parser ends a name: at a control, an invisible character, or a dot that is none in ASCII (RFC 3490 §3.1). */
const ODD_DIVIDER = /[\p{Cc}\p{Cf}\u3002\uff0e\uff61]+/u;
/** What no host name holds (RFC 1123 §2.1): gateways pack a user and a domain into a local part with one of these between; +40 is an at-sign. */
const PACKING = /\+40|[#+/?&*~^$`{}_]+|(?<!xn)--+/iu;
/** What may stand between the words of one local part. */
const INSIDE_LOCAL_PART = /^[=|'"\\()]+$/u;
const EXTENSION = /\+40|\+/u;
/** No name in DNS is longer (RFC 1035 §2.3.4). */
const LONGEST_NAME = 253;

interface Word {
  readonly text: string;
  /** The character before and behind that some parser goes by, `''` where there is none. */
  readonly before: string;
  readonly after: string;
  /** Whether the next word follows the character behind without a blank. */
  readonly joined: boolean;
  /** Whether it is the local part of an address, or a part of that. */
  readonly isLocal: boolean;
}

/**
 * The domains that any server might read in a text: more than any one reads. Linear in the length of the text.
 * @param isKnown local parts for which a dot behind a hyphen or an underscore begins no domain
 */
export function domainsIn(text: string, context: WordContext, isKnown: IsKnownLocalPart): readonly NameReadings[] {
  return wordsIn(text).flatMap((word) => (context === 'command' ? inCommand(word, isKnown) : inText(word, isKnown)));
}

function inCommand(word: Word, isKnown: IsKnownLocalPart): readonly NameReadings[] {
  const { text, before, after } = word;
  if (text.startsWith('[')) return [[text]];
  if (before === '@' || before === '%' || after === '!') return namedBy(text);
  return isDotted(text) ? packedInto(word, isKnown) : [];
}

/** In free text a name without a dot is no mailbox of somebody else: a server completes it with its own domain. */
function inText(word: Word, isKnown: IsKnownLocalPart): readonly NameReadings[] {
  const { text, before, after, joined, isLocal } = word;
  if (text.startsWith('[')) return before === '@' ? [[text]] : [];
  if (!INNER_DOT.test(text)) return [];
  if (before === '@' || before === '%' || (after === '!' && joined)) return namedBy(text);
  return isLocal ? packedInto(word, isKnown) : [];
}

/** The name as a whole, the parts that a parser sees which stops at an odd character, and what stands before such a character. */
function namedBy(text: string): readonly NameReadings[] {
  const [head = ''] = text.split(PACKING);
  return [...new Set([...partsOf(text), ...(INNER_DOT.test(head) ? [head] : [])])].map((part) => [part]);
}

/** A name as a whole, and the parts that a parser sees which stops at an odd character. */
export function partsOf(name: string): readonly string[] {
  return [name, ...name.split(ODD_DIVIDER)].filter((part) => /[^.]/u.test(part));
}

/** Names inside of a local part, or of a word that is no address. A local part that is one dotted word hides none. */
function packedInto({ text, before, after }: Word, isKnown: IsKnownLocalPart): readonly NameReadings[] {
  const unknown = text.split(EXTENSION).filter((one) => !isKnown(one));
  const parts = unknown.flatMap((one) => one.split(PACKING));
  const isLocalPart = parts[0] === text && before !== '=' && (after === '@' || after === '%');
  return parts.flatMap((part) => {
    const readings = behindHyphens(part);
    if (readings.some(isKnown)) return [];
    const [first, ...others] = (isLocalPart ? readings.slice(1) : readings).filter(isDotted);
    if (first === undefined) return [];
    const divided = part.split(ODD_DIVIDER).filter((one) => one !== part && isDotted(one));
    return [[first, ...others], ...divided.map((one): NameReadings => [one])];
  });
}

function isDotted(text: string): boolean {
  return DOT.test(text) && /[^.]/u.test(text);
}

/** A hyphen may belong to a name or stand before it: the part as a whole, and what follows each hyphen. */
function behindHyphens(part: string): readonly string[] {
  const tail = part.length > LONGEST_NAME ? part.slice(-LONGEST_NAME) : part;
  const starts = [...tail.matchAll(/-/g)].map(({ index }) => tail.slice(index + 1));
  return [part, ...starts];
}

function wordsIn(text: string): readonly Word[] {
  const matches = [...text.matchAll(WORD)];
  const gaps: string[] = [];
  let end = 0;
  for (const { 0: word, index } of matches) {
    gaps.push(text.slice(end, index));
    end = index + word.length;
  }
  gaps.push(text.slice(end));
  const words: Word[] = [];
  // From the end, because the at-sign behind the last word makes those before it parts of a local part.
  for (let index = matches.length - 1, isLocal = false; index >= 0; index -= 1) {
    const [gap = '', next = ''] = [gaps[index], gaps[index + 1]];
    const after = next.split('').find((one) => !PASSED_OVER.test(one)) ?? '';
    isLocal = after === '@' || after === '%' || (isLocal && INSIDE_LOCAL_PART.test(next));
    words.push({
      text: matches[index]?.[0] ?? '',
      before: gap.split('').findLast((one) => !PASSED_OVER.test(one)) ?? '',
      after,
      joined: next.length === 1 && index + 1 < matches.length,
      isLocal,
    });
  }
  return words.toReversed();
}
