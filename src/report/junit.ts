import type { Audit, AuditResult, Finding } from '../judge/audit.ts';
import { VERDICT_INFO } from '../judge/verdict.ts';
import { doubts, findingsThatCount, type FailOn } from '../judge/outcome.ts';
import type { Reading } from './reading.ts';
import { visibleAudit } from './visible-audit.ts';
import { asker, questionName, seconds, standingText, targetName } from './words.ts';
import { element, textElement } from './xml.ts';

/** A test case that is not written yet: what came of it, and the lines inside. */
interface Case {
  readonly name: string;
  readonly time: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly content: readonly string[];
}

/**
 * JUnit XML in the common dialect: a suite a target, a case a session. A difference that counts is a failure, what could
 * not be told an error, what is neither good nor bad (not asked, refused for another reason) is skipped. An audit has
 * neither failure nor error exactly where its exit code is 0.
 */
export function junitReport(audits: readonly Audit[], reading: Reading): string {
  const suites = audits.map((audit) => suiteOf(visibleAudit(audit), reading.failOn));
  const total = counts(suites.flatMap((suite) => suite.cases));
  const time = audits.reduce((sum, audit) => sum + audit.durationMs, 0);
  const lines = element(
    'testsuites',
    { name: 'relayproof', ...total, time: seconds(time) },
    suites.flatMap(({ audit, cases }) => suiteLines(audit, cases)),
  );
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...lines, ''].join('\n');
}

interface Suite {
  readonly audit: Audit;
  readonly cases: readonly Case[];
}

function suiteOf(audit: Audit, failOn: FailOn): Suite {
  const counting = findingsThatCount(audit.findings, failOn);
  const settled = audit.findings.filter(({ standing }) => standing !== undefined);
  const told = new Set<Finding>();
  const sessions = audit.results.map((result) => {
    const covering = (found: readonly Finding[]): Finding | undefined =>
      result.agrees === false ? found.find((one) => covers(one, result)) : undefined;
    const finding = covering(counting);
    if (finding !== undefined) told.add(finding);
    return sessionCase(audit, result, finding ?? covering(settled));
  });
  const others = counting.filter((finding) => !told.has(finding)).map((finding) => findingCase(finding));
  return { audit, cases: [...sessions, ...others, telling(audit)] };
}

function covers(finding: Finding, { scenario, login, transcript }: AuditResult): boolean {
  if (finding.evidence.some((evidence) => evidence.transcript === transcript)) return true;
  return (
    (finding.scenario === scenario || finding.also.includes(scenario)) && (finding.login === null) === (login === null)
  );
}

function sessionCase(audit: Audit, result: AuditResult, finding: Finding | undefined): Case {
  const { verdict, reason, ms } = result;
  const base = { name: `${questionName(result)} ${asker(result, audit)}`, time: seconds(ms) };
  if (finding?.standing !== undefined)
    return {
      ...base,
      outcome: 'skipped',
      content: element('skipped', { message: `${finding.title} (${standingText(finding.standing)})` }, []),
    };
  if (finding !== undefined) return { ...base, outcome: 'failure', content: failureLines(finding, result) };
  if (verdict === 'inconclusive')
    return { ...base, outcome: 'error', content: [textElement('error', { type: verdict, message: reason }, '')] };
  if (result.agrees === null)
    return { ...base, outcome: 'skipped', content: element('skipped', { message: `${verdict}: ${reason}` }, []) };
  return {
    ...base,
    outcome: 'passed',
    content: [textElement('system-out', {}, `${VERDICT_INFO[verdict].title}: ${reason}`)],
  };
}

function failureLines(finding: Finding, { transcript, reason }: AuditResult): readonly string[] {
  const evidence = finding.evidence.find((one) => one.transcript === transcript);
  const text = [
    reason,
    `severity ${finding.severity}, confidence ${finding.confidence}`,
    `remedy: ${finding.remedy}`,
    `fingerprint: ${finding.fingerprint}`,
  ].join('\n');
  return [
    textElement('failure', { type: finding.id, message: finding.title }, text),
    ...(evidence === undefined ? [] : [textElement('system-out', {}, evidence.dialogue.join('\n'))]),
  ];
}

/** A finding that no single session shows by differing from what was expected. */
function findingCase(finding: Finding): Case {
  const [first] = finding.evidence;
  const text = [first?.reason ?? '', `remedy: ${finding.remedy}`, `fingerprint: ${finding.fingerprint}`].join('\n');
  return {
    name: `${finding.id} ${finding.scenario}`,
    time: seconds(0),
    outcome: 'failure',
    content: [textElement('failure', { type: finding.id, message: finding.title }, text)],
  };
}

/** Whether anything could be told at all: a family without a valid control is no single session's matter. */
function telling(audit: Audit): Case {
  const reasons = doubts(audit);
  const [first] = reasons;
  return {
    name: 'the audit could tell',
    time: seconds(0),
    outcome: first === undefined ? 'passed' : 'error',
    content:
      first === undefined ? [] : [textElement('error', { type: 'could-not-tell', message: first }, reasons.join('\n'))],
  };
}

function suiteLines(audit: Audit, cases: readonly Case[]): readonly string[] {
  const target = targetName(audit);
  const attributes = {
    name: target,
    ...counts(cases),
    time: seconds(audit.durationMs),
    timestamp: audit.startedAt.replace(/\.\d+Z$|Z$/, ''),
  };
  const properties = {
    tool: `${audit.tool.name} ${audit.tool.version}`,
    software: audit.target.software,
    banner: audit.target.banner ?? '',
    policy: audit.policy ?? '',
    'authorized-by': audit.authorizedBy ?? '',
  };
  return element('testsuite', attributes, [
    ...element(
      'properties',
      {},
      Object.entries(properties).flatMap(([name, value]) => element('property', { name, value }, [])),
    ),
    ...cases.flatMap(({ name, time, content }) => element('testcase', { classname: target, name, time }, content)),
  ]);
}

function counts(cases: readonly Case[]): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>> {
  const count = (outcome: Case['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}
