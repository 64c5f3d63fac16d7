import { createHash } from 'node:crypto';
import type { Audit } from '../judge/audit.ts';
import { headline } from './headline.ts';
import { controlSection, resultSection, untoldSection } from './html-evidence.ts';
import { findingSections } from './html-finding.ts';
import { markup, NOTHING, type Markup } from './html-markup.ts';
import { matrixSection } from './html-matrix.ts';
import { STYLE } from './html-style.ts';
import type { Reading } from './reading.ts';
import { visibleAudit } from './visible-audit.ts';
import { effort, plural, standingText, targetName } from './words.ts';

/** Nothing is loaded, nothing runs, and no style sheet counts but this one. */
const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Findings named beside the answer. */
const KEPT_TITLES = 10;

/** One self-contained page: for each target the answer, a matrix of where it leaks, findings, doubts, controls, results. */
export function htmlReport(audits: readonly Audit[], reading: Reading): string {
  const shown = audits.map(visibleAudit);
  const title = shown.map((audit) => `${targetName(audit)} ${headline(audit, reading.failOn).word}`).join(', ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title === '' ? 'relayproof' : `${title} - relayproof`}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
${shown.map((audit, index) => targetSection(audit, `t${index + 1}`, reading))}
</main>
</body>
</html>
`.markup;
}

/** @param id begins the ids of its findings: unique on the page */
function targetSection(audit: Audit, id: string, reading: Reading): Markup {
  return markup`<section class="target">
${answer(audit, id, reading)}
${facts(audit)}
${matrixSection(audit)}
${findingSections(audit, id)}
${untoldSection(audit)}
${controlSection(audit)}
${resultSection(audit)}
<p class="soft">${effort(audit)}. Drawn by relayproof ${audit.tool.version}.</p>
</section>
`;
}

function answer(audit: Audit, id: string, reading: Reading): Markup {
  const { tone, word, sentence, reasons } = headline(audit, reading.failOn);
  return markup`<h1>${targetName(audit)}</h1>
<div class="answer ${tone}">
<strong>${word}</strong>
${sentence === '' ? NOTHING : markup`<p>${sentence}</p>`}
${reasons.length === 0 ? NOTHING : markup`<ul>${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`}
${findingList(audit, id)}</div>`;
}

function findingList({ findings }: Audit, id: string): Markup {
  if (findings.length === 0) return NOTHING;
  const left = findings.length - KEPT_TITLES;
  return markup`<ol>${findings
    .slice(0, KEPT_TITLES)
    .map(
      ({ severity, title, standing }, index) =>
        markup`<li><a href="#${id}-${index + 1}">${severity}: ${title}</a>${standing === undefined ? '' : ` (${standingText(standing)})`}</li>`,
    )}</ol>${left > 0 ? markup`<p>and ${plural(left, 'more finding')}</p>` : NOTHING}`;
}

function facts(audit: Audit): Markup {
  const { endpoints, policy, authorizedBy, proved, summary } = audit;
  const rows: readonly (readonly [string, string])[] = [
    ...endpoints.flatMap(({ name, banner, software }): readonly (readonly [string, string])[] => [
      ['endpoint', `${name}, ${software}`],
      ['banner', banner ?? 'none'],
    ]),
    ['policy', policy ?? 'none given, judged by what is safe on any server'],
    ['proof', proved || summary.messagesSent > 0 ? 'messages were sent and waited for' : 'no message was sent'],
    ...(authorizedBy === null ? [] : [['authorized by', authorizedBy] as const]),
  ];
  return markup`<dl class="facts">${rows.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
