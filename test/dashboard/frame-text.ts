/** What differs from run to run in a frame stands still: ports, times of day, times. The width stays, too. */
export function normalised(frame: string): string {
  return frame
    .replaceAll(/\d{2}:\d{2}:\d{2}/g, '12:00:00')
    .replaceAll(/127\.0\.0\.1(:| port )\d{5}/g, '127.0.0.1$112345')
    .replaceAll(/ *\d+ ms/g, (time) => '0 ms'.padStart(time.length))
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
