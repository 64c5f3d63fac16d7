import type { BanView } from '../audit-view.ts';
import { cut, span, spread, type Line } from '../line.ts';
import { columnsOf } from '../rows.ts';
import { rateOf, timeLeftMs } from '../../terminal/run-progress.ts';
import { isBusy, shownOf, type DashboardState, type FinishedRun } from '../state.ts';
import { OUTCOME_INFO, plural } from '../words.ts';
import { spinnerAt, type Signs } from '../../terminal/signs.ts';
import { clockTime } from '../../terminal/clock-time.ts';

/** What is audited, what came of it so far, and how far it is: three rows. */
export function headerLines(state: DashboardState, width: number, signs: Signs): readonly [Line, Line, Line] {
  return [targetLine(state, width, signs), placeLine(state, width, signs), progressLine(state, width, signs)];
}

function targetLine(state: DashboardState, width: number, signs: Signs): Line {
  const { audit } = shownOf(state);
  const { host, endpoints } = state.target;
  // An address needs no name beside it.
  const isAddress = endpoints.every((endpoint) => endpoint.includes(host)) && endpoints.length > 0;
  return spread(
    [
      span(' relayproof ', 'reverse'),
      span(` ${isAddress ? endpoints.join(', ') : host}`, 'strong'),
      span(isAddress || endpoints.length === 0 ? '' : `  ${endpoints.join(', ')}`, 'dim'),
      span(audit === null ? '' : `  ${audit.software}`),
    ],
    verdict(state),
    width,
    signs.ellipsis,
  );
}

function verdict(state: DashboardState): Line {
  const { audit } = shownOf(state);
  if (audit === null) return [span(isBusy(state) ? ' ASKING ' : ' NOT AUDITED YET ', 'reverse')];
  const { title, badge, tone } = OUTCOME_INFO[audit.outcome.kind];
  const count = audit.findings.length;
  // Before the end only what is open can be said.
  if (isBusy(state) && tone !== 'bad') return [span('nothing open so far ', 'dim'), span(' ASKING ', 'reverse')];
  return [
    span(count === 0 ? '' : `${plural(count, 'finding')} `, tone),
    span(isBusy(state) ? 'so far ' : '', 'dim'),
    span(` ${title} `, badge),
  ];
}

function placeLine(state: DashboardState, width: number, signs: Signs): Line {
  const shown = shownOf(state);
  const vantages = [
    ...new Set(columnsOf(shown).map(({ vantage, login }) => (login === null ? vantage : `${vantage} as ${login}`))),
  ];
  const policy = shown.audit?.policy ?? null;
  return spread(
    [span(' from ', 'dim'), span(vantages.length === 0 ? signs.ellipsis : vantages.join(', '))],
    [span('judged by ', 'dim'), span(policy === null ? 'what is safe anywhere' : `policy ${policy.slice(0, 19)}`)],
    width,
    signs.ellipsis,
  );
}

function progressLine(state: DashboardState, width: number, signs: Signs): Line {
  const { phase, progress } = shownOf(state);
  const paused = state.frozen === null ? [] : [span(' PAUSED ', 'badge-warn'), span(' ')];
  if (phase.kind === 'failed') return cut([span(' '), ...paused, span(phase.words, 'bad')], width, signs.ellipsis);
  if (!isBusy(state))
    return spread(
      [span(' '), ...paused, span('done', 'good'), span(nextRun(state), 'dim')],
      tally(state),
      width,
      signs.ellipsis,
    );
  if (phase.kind !== 'running' || progress.total === 0) {
    const words = phase.kind === 'idle' ? 'beginning' : phase.words;
    return cut(
      [span(' '), ...paused, span(spinnerAt(state.nowMs, signs), 'info'), span(` ${words}`)],
      width,
      signs.ellipsis,
    );
  }
  const { ended, total } = progress;
  const rate = rateOf(progress, state.nowMs);
  const left = timeLeftMs(progress, state.nowMs);
  const waiting =
    progress.waiting === null
      ? []
      : [span(`  waiting ${clockTime(progress.waiting.untilMs - state.nowMs)}: ${progress.waiting.why}`, 'warn')];
  const barWidth = Math.max(10, Math.min(40, Math.floor(width / 4)));
  const done = Math.min(barWidth, Math.floor((ended / total) * barWidth));
  return cut(
    [
      span(' '),
      ...paused,
      span(spinnerAt(state.nowMs, signs), 'info'),
      span(' '),
      span(signs.barDone.repeat(done), 'info'),
      span(signs.barLeft.repeat(barWidth - done), 'dim'),
      span(` ${ended}/${total}`, 'strong'),
      span(rate === null ? '' : `  ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`),
      span(`  ${clockTime(state.nowMs - progress.startedAtMs)}`, 'dim'),
      span(left === null ? longest(state) : `  ${clockTime(left)} left`),
      ...waiting,
    ],
    width,
    signs.ellipsis,
  );
}

function longest(state: DashboardState): string {
  const { longestMs } = shownOf(state).progress;
  return longestMs > 0 ? `  up to ${clockTime(longestMs)}` : '';
}

function nextRun({ nextRunAtMs, nowMs, watched }: DashboardState): string {
  const clock = nextRunAtMs === null ? '' : `, next run in ${clockTime(nextRunAtMs - nowMs)}`;
  return watched === 0 ? clock : `${clock}, watching ${plural(watched, 'file')}`;
}

/** How many answers were right, wrong and unclear. */
function tally(state: DashboardState): Line {
  const cells = [...(shownOf(state).audit?.cells.values() ?? [])].filter(({ verdict: word }) => word !== 'skipped');
  const count = (agrees: boolean | null): number => cells.filter((cell) => cell.agrees === agrees).length;
  if (cells.length === 0) return [];
  return [
    span(`${count(true)} as expected`, 'good'),
    span(`  ${count(false)} differ`, count(false) > 0 ? 'bad' : 'dim'),
    span(`  ${count(null)} not told`, count(null) > 0 ? 'warn' : 'dim'),
  ];
}

/** The sessions whose answer is known beforehand, and whether we are still let in. */
export function controlLine(state: DashboardState, width: number, signs: Signs): Line {
  const { audit } = shownOf(state);
  const controls = audit?.controls ?? [];
  const bad = controls.filter(({ valid }) => !valid);
  const bans = audit?.bans ?? [];
  const controlSpans =
    controls.length === 0
      ? [span('none yet', 'dim')]
      : bad.length === 0
        ? [span(`${signs.fine} ${controls.length} valid`, 'good')]
        : bad.map(({ label, scenario, reason }) => span(`${signs.differs} ${scenario} ${label}: ${reason}  `, 'warn'));
  return cut(
    [
      span(' controls ', 'dim'),
      ...controlSpans,
      span('   bans ', 'dim'),
      ...(bans.length === 0 ? [span('none', audit === null ? 'dim' : 'good')] : bans.map(banSpan)),
    ],
    width,
    signs.ellipsis,
  );
}

function banSpan({ vantage, doubted, unasked }: BanView): { readonly text: string; readonly tone: 'bad' } {
  return { text: `${vantage} is not let in any more (${doubted} in doubt, ${unasked} not asked)  `, tone: 'bad' };
}

/** Runs before this one, the newest first. */
export function historyLine(state: DashboardState, width: number, signs: Signs): Line {
  const runs = state.history.flatMap((run) => runSpans(run, signs));
  return cut(
    [span(' runs ', 'dim'), ...(runs.length === 0 ? [span('none finished yet', 'dim')] : runs)],
    width,
    signs.ellipsis,
  );
}

function runSpans({ number, at, why, outcome, findings, opened, closed }: FinishedRun, signs: Signs): Line {
  const { title, tone } = OUTCOME_INFO[outcome];
  return [
    span(`#${number} ${at} `),
    span(title, tone),
    span(findings === 0 ? '' : ` ${findings}`, tone),
    span(opened === 0 ? '' : ` ${signs.opened}${opened}`, 'bad'),
    span(closed === 0 ? '' : ` ${signs.closed}${closed}`, 'good'),
    span(` ${why}   `, 'dim'),
  ];
}
