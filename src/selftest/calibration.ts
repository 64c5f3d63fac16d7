import pLimit from 'p-limit';
import { DEFECT_NAMES, DEFECTS, type DefectName } from '../guard/defects.ts';
import type { Audit, AuditResult } from '../judge/audit.ts';
import { PACE_INFO } from '../probe/pace.ts';
import type { FindingKind } from '../scenario/finding-kind.ts';
import { allScenarios, type Catalogue } from '../scenario/scenario.ts';
import type { Surroundings } from '../audit/request.ts';
import { BENCHES, benchOf, CALIBRATION_IDENTITIES, type BenchName } from './calibration-benches.ts';
import { CATCHES_NOTHING } from './calibration-silent.ts';
import { auditGuard } from './guarded-audit.ts';

/** A guard with one defect, and what the scenarios saw of it. */
export interface CalibratedDefect {
  readonly defect: DefectName;
  readonly title: string;
  readonly bench: BenchName;
  readonly findings: readonly FindingKind[];
  /** Scenarios that went wrong here and right on the sound guard, in the order of the catalogue. */
  readonly caughtBy: readonly string[];
  /** Those of them whose message came out. */
  readonly provenBy: readonly string[];
}

/** A guard without any defect: whatever it is accused of is a false alarm. */
export interface CalibratedBench {
  readonly bench: BenchName;
  readonly title: string;
  readonly sessions: number;
  /** Findings, and sessions that ended otherwise than expected or without an answer, a sentence each. */
  readonly falseAlarms: readonly string[];
}

export interface CalibratedScenario {
  readonly scenario: string;
  readonly family: string;
  readonly catches: readonly DefectName[];
  /** Why it catches none; null where it does. */
  readonly silent: string | null;
}

export interface Calibration {
  readonly defects: readonly CalibratedDefect[];
  readonly benches: readonly CalibratedBench[];
  /** Empty where only some defects were planted: then a scenario that caught none may still catch another. */
  readonly scenarios: readonly CalibratedScenario[];
}

export interface CalibrationOptions {
  readonly catalogue: Catalogue;
  /** Defects to plant; null: every one. */
  readonly only: readonly DefectName[] | null;
  readonly connections: number;
  readonly surroundings: () => Surroundings;
  readonly signal: AbortSignal;
  readonly onAudited: (bench: BenchName, defect: DefectName | null, audit: Audit) => void;
}

/** Sessions that wait for silence leave the processor to those of another guard. */
const GUARDS_AT_A_TIME = 3;
/** The guard hands a message on before it answers, so a canary is there at once or never. */
const WAIT_MS = 250;

/** Audits a sound guard on every bench that is needed, then a guard with each defect. */
export async function calibrate(options: CalibrationOptions): Promise<Calibration> {
  const planted = options.only ?? DEFECT_NAMES;
  const limit = pLimit(GUARDS_AT_A_TIME);
  const audits = <Key>(keys: Iterable<Key>, audit: (key: Key) => Promise<Audit>): Promise<(readonly [Key, Audit])[]> =>
    Promise.all([...keys].map((key) => limit(async () => [key, await audit(key)] as const)));
  const sound = new Map(await audits(new Set(planted.map(benchOf)), (bench) => auditOn(bench, null, options)));
  const faulty = await audits(planted, (defect) => auditOn(benchOf(defect), defect, options));
  const defects = faulty.map(([defect, audit]) => {
    const right = sound.get(benchOf(defect))?.results ?? [];
    return toDefect(defect, audit, right, options.catalogue);
  });
  return {
    defects,
    benches: [...sound].map(([bench, audit]) => toBench(bench, audit)),
    scenarios: options.only === null ? scenariosOf(options.catalogue, defects) : [],
  };
}

function toDefect(
  defect: DefectName,
  audit: Audit,
  sound: readonly AuditResult[],
  catalogue: Catalogue,
): CalibratedDefect {
  const right = new Set(sound.filter(({ agrees }) => agrees === true).map(sessionKey));
  const wrong = audit.results.filter((result) => result.agrees === false && right.has(sessionKey(result)));
  const idsOf = (results: readonly AuditResult[]): readonly string[] => {
    const ids = new Set(results.map(({ scenario }) => scenario));
    return allScenarios(catalogue).flatMap(({ id }) => (ids.has(id) ? [id] : []));
  };
  return {
    defect,
    title: DEFECTS[defect].title,
    bench: benchOf(defect),
    findings: [...new Set(audit.findings.map(({ id }) => id))].sort(),
    caughtBy: idsOf(wrong),
    provenBy: idsOf(wrong.filter(({ verdict }) => verdict === 'relayed')),
  };
}

/** Everything that a calibration shows to be wrong with the scenarios, a sentence each. */
export function calibrationFaults({ defects, benches, scenarios }: Calibration): readonly string[] {
  const known = new Set(scenarios.map(({ scenario }) => scenario));
  return [
    ...benches.flatMap(({ bench, falseAlarms }) =>
      falseAlarms.map((alarm) => `false alarm on the bench ${bench}: ${alarm}`),
    ),
    ...defects.flatMap(({ defect, caughtBy }) => (caughtBy.length === 0 ? [`no scenario catches ${defect}`] : [])),
    ...scenarios.flatMap(({ scenario, catches, silent }) => {
      if (catches.length === 0 && silent === null) return [`${scenario} catches no defect, and no reason is stated`];
      return catches.length > 0 && silent !== null
        ? [`${scenario} is said to catch nothing and catches ${catches.join(', ')}`]
        : [];
    }),
    ...(known.size === 0
      ? []
      : Object.keys(CATCHES_NOTHING).flatMap((id) =>
          known.has(id) ? [] : [`a reason is stated for ${id}, which is no scenario`],
        )),
  ];
}

async function auditOn(bench: BenchName, defect: DefectName | null, options: CalibrationOptions): Promise<Audit> {
  const { policy, vantages, login, guard, runs } = BENCHES[bench]();
  const { audit } = await auditGuard({
    policy,
    defect,
    catalogue: {
      families: options.catalogue.families.map((family) => ({
        ...family,
        scenarios: family.scenarios.filter((scenario) => scenario.role !== 'probe' || runs(scenario)),
      })),
    },
    identities: CALIBRATION_IDENTITIES,
    vantages,
    login,
    guard,
    intrusive: true,
    pace: { ...PACE_INFO.fast, sentinelEvery: Infinity, connections: options.connections },
    waitMs: WAIT_MS,
    surroundings: options.surroundings(),
    signal: options.signal,
    onEvent: () => undefined,
  });
  options.onAudited(bench, defect, audit);
  return audit;
}

function toBench(bench: BenchName, audit: Audit): CalibratedBench {
  const asked = audit.results.filter(({ verdict }) => verdict !== 'skipped');
  return {
    bench,
    title: BENCHES[bench]().title,
    sessions: asked.length,
    falseAlarms: [
      ...audit.findings.map(({ title }) => title),
      ...asked
        .filter(({ agrees }) => agrees !== true)
        .map(
          ({ scenario, vantage, login, reason }) =>
            `${scenario} from ${vantage}${login === null ? '' : ' with a login'}: ${reason}`,
        ),
    ],
  };
}

function scenariosOf(catalogue: Catalogue, defects: readonly CalibratedDefect[]): readonly CalibratedScenario[] {
  return allScenarios(catalogue).map(({ id, family }) => ({
    scenario: id,
    family,
    catches: defects.filter(({ caughtBy }) => caughtBy.includes(id)).map(({ defect }) => defect),
    silent: CATCHES_NOTHING[id] ?? null,
  }));
}

function sessionKey({ scenario, vantage, login }: AuditResult): string {
  return `${scenario} ${vantage} ${login ?? ''}`;
}
