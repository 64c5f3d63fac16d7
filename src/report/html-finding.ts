import type { Audit, Evidence, Finding } from '../judge/audit.ts';
import { FINDING_KIND_INFO } from '../judge/finding-kind.ts';
import { VERDICT_INFO } from '../judge/verdict.ts';
import { standingText } from './words.ts';
import { markup, NOTHING, withCode, type Markup } from './html-markup.ts';

/** What each confidence rests on. */
const CONFIDENCE: Readonly<Record<Finding['confidence'], string>> = {
  high: 'high: a message came out',
  medium: 'medium: taken at end of data, not seen to come out',
  low: 'low: accepted, no message was sent',
};

export function findingSections(audit: Audit, id: string): Markup {
  if (audit.findings.length === 0) return NOTHING;
  return markup`<h2>Findings</h2>
${audit.findings.map((finding, index) => findingSection(finding, index + 1, id, audit))}`;
}

function findingSection(finding: Finding, number: number, page: string, audit: Audit): Markup {
  const { id, scenario, severity, confidence, title, login, evidence, also, remedy, fingerprint, standing } = finding;
  const facts: readonly (readonly [string, string])[] = [
    ['kind', id],
    ['scenario', scenario],
    ['confidence', id === 'client-address-lost' ? confidence : CONFIDENCE[confidence]],
    ...(login === null ? [] : [['login', login] as const]),
    ...(also.length === 0 ? [] : [['same hole', also.join(', ')] as const]),
    ['fingerprint', fingerprint.slice(0, 16)],
    ...(standing === undefined ? [] : [['does not count', standingText(standing)] as const]),
  ];
  return markup`<article class="finding" id="${page}-${number}">
<h3>${number}. <span class="severity severity-${severity}">${severity.toUpperCase()}</span> ${title}</h3>
<p class="soft">${FINDING_KIND_INFO[id].meaning}</p>
${evidence.map((one, index) => evidenceMarkup(one, index === 0, audit))}
<p class="remedy"><b>Remedy.</b> ${withCode(remedy)}</p>
<dl class="facts">${facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</article>
`;
}

/** The first session stands open: it is what makes the finding believable. */
function evidenceMarkup(
  { endpoint, vantage, verdict, reason, dialogue }: Evidence,
  open: boolean,
  audit: Audit,
): Markup {
  const where = `${audit.endpoints.length > 1 ? `at ${endpoint} ` : ''}from ${vantage}`;
  return markup`<details${open ? markup` open` : NOTHING}><summary>${where}: ${VERDICT_INFO[verdict].title}</summary>
<p>${reason}</p>
<pre>${dialogue.map((line) => (line.startsWith('S:') ? markup`${line}\n` : markup`<span class="sent">${line}</span>\n`))}</pre>
</details>
`;
}
