/** A date as header fields carry it (RFC 5322 §3.3), in UTC. */
export function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
