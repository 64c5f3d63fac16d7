import { isReservedDomain } from '../session/recipients.ts';
import { ownershipName, ownershipRecord } from '../target/ownership.ts';
import { RECORD_TYPE, type DnsAnswer, type Question, type RecordData } from './dns-message.ts';

/** What the names of the lab lead to. */
export interface Zones {
  /** Domains that the server receives mail for, without `*.`: they lead to it. */
  readonly ownDomains: readonly string[];
  readonly server: string;
  /** Where mail for elsewhere goes. */
  readonly world: string;
  /** More names that lead to the world, such as that of a smart host. */
  readonly worldNames: readonly string[];
  /** Names of the lab's hosts by their addresses. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Token of the ownership records: in the lab every domain is the auditor's. */
  readonly token: string;
}

/** An address in reverse below the name of a block list (RFC 5782 §2.1). */
const LISTED_ADDRESS = /^(?:\d{1,3}\.){4}|^(?:[0-9a-f]\.){32}/;

const ABSENT: DnsAnswer = { exists: false, records: [] };

/**
 * Answers as the DNS of a small world: the own domains lead to the server, names that belong to nobody (RFC 2606) and those
 * that were given lead to the world, every host has a name that leads back to it. Nothing else exists: above all, no block
 * list lists anybody.
 */
export function answerFrom(zones: Zones, { name, type }: Question): DnsAnswer {
  const reversed = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name);
  if (reversed !== null) {
    const host = zones.hosts[reversed.slice(1).reverse().join('.')];
    return host === undefined ? ABSENT : answer(type, { kind: 'PTR', host });
  }
  if (name.startsWith(ownershipName(''))) return answer(type, { kind: 'TXT', text: ownershipRecord(zones.token) });
  const address = LISTED_ADDRESS.test(name) ? null : addressOf(zones, name);
  if (address === null) return ABSENT;
  return type === RECORD_TYPE.MX
    ? answer(type, { kind: 'MX', preference: 10, host: name })
    : answer(type, { kind: 'A', address });
}

function addressOf(zones: Zones, name: string): string | null {
  const host = Object.entries(zones.hosts).find(([, known]) => known === name);
  if (host !== undefined) return host[0];
  const isWithin = (domain: string): boolean => name === domain || name.endsWith(`.${domain}`);
  if (zones.ownDomains.some(isWithin)) return zones.server;
  const isOfNobody = isReservedDomain(name) && !/(?:^|\.)(?:invalid|localhost)$/.test(name);
  return isOfNobody || zones.worldNames.some(isWithin) ? zones.world : null;
}

/** The record, where it is of the type that was asked for: the name exists in any case. */
function answer(type: number, record: RecordData): DnsAnswer {
  return { exists: true, records: RECORD_TYPE[record.kind] === type ? [record] : [] };
}
