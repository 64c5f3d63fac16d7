import { offers, parseCapabilities, type Capabilities } from '../smtp/capabilities.ts';
import type { Redactor } from '../smtp/redact.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { Script } from '../session/script.ts';
import type { Stage } from '../session/transcript.ts';
import { SessionOver } from './dialogue-partner.ts';
import { logIn } from './login.ts';
import type { Session } from './session.ts';

/** Everything before the script: banner, TLS, XCLIENT, EHLO and the login. A script without a HELO name greets for itself. */
export async function introduce(session: Session, redactor: Redactor): Promise<void> {
  const { probe, options, partner, recorder } = session;
  const { deadlines } = options;
  let verified = false;
  if (options.tls === 'implicit') verified = await secure(session);
  mustBe(220, await partner.read('banner', deadlines.banner), 'banner');
  if (probe.vantage.kind === 'xclient') await claimClient(session, probe.vantage.address);
  const { helo } = probe.script;
  if (helo === null) return;
  let capabilities = await greet(session, helo);
  if (wantsStartTls(session, capabilities)) {
    mustBe(220, await partner.ask({ stage: 'starttls', text: 'STARTTLS' }, deadlines.command), 'starttls');
    verified = await secure(session);
    capabilities = await greet(session, helo);
  }
  const missing = probe.script.needs.find((needed) => !offers(capabilities, needed));
  if (missing !== undefined) throw new SessionOver({ kind: 'not-offered', needed: missing });
  if (probe.login !== null) {
    if (options.credentials === null) throw new Error(`probe ${probe.id} has a login but the audit has no credentials`);
    if (!verified && !options.insecureLogin) {
      throw new SessionOver({
        kind: 'no-login',
        detail: 'credentials are not sent without verified TLS (--insecure-login sends them)',
      });
    }
    await logIn(partner, capabilities, options.credentials, redactor, deadlines.command);
    recorder.note('authenticated');
  }
}

async function greet({ partner, options }: Session, name: string): Promise<Capabilities> {
  const ehlo = await partner.ask({ stage: 'ehlo', text: `EHLO ${name}` }, options.deadlines.command);
  if (ehlo.code === 250) return parseCapabilities(ehlo);
  // RFC 5321 §3.2: a server without extensions answers 500 or 502.
  if (ehlo.code !== 500 && ehlo.code !== 502)
    throw new SessionOver({ kind: 'diverged', stage: 'ehlo', reply: ehlo, wanted: '250' });
  const helo = await partner.ask({ stage: 'ehlo', text: `HELO ${name}` }, options.deadlines.command);
  mustBe(250, helo, 'ehlo');
  return { name: helo.lines[0]?.split(' ')[0] ?? '', keywords: new Map() };
}

/** Postfix's XCLIENT: the server trusts this host and takes the address as the client's; a new banner follows. */
async function claimClient({ partner, options, probe }: Session, address: string): Promise<void> {
  const claimed = address.includes(':') ? `IPV6:${address}` : address;
  const { command } = options.deadlines;
  mustBe(250, await partner.ask({ stage: 'ehlo', text: `EHLO ${probe.script.helo ?? 'localhost'}` }, command), 'ehlo');
  mustBe(
    220,
    await partner.ask({ stage: 'ehlo', text: `XCLIENT ADDR=${claimed} NAME=[UNAVAILABLE]` }, command),
    'ehlo',
  );
}

function wantsStartTls({ probe, options }: Session, capabilities: Capabilities): boolean {
  if (options.tls === 'starttls') return true;
  const offered = capabilities.keywords.has('STARTTLS');
  return options.tls === 'auto' && offered && (probe.login !== null || speaksAuth(probe.script));
}

function speaksAuth(script: Script): boolean {
  return script.steps.some((step) => step.send.some((sent) => sent.kind === 'line' && /^AUTH\b/i.test(sent.text)));
}

/** @returns whether the certificate was verified */
async function secure({ connection, recorder, options }: Session): Promise<boolean> {
  if (connection.hasUnread)
    recorder.note('the server sent more in plain text before the TLS handshake; it was dropped');
  const outcome = await connection.secure({
    serverName: options.target.name,
    ca: options.tlsCa,
    handshakeMs: options.deadlines.tls,
  });
  if (outcome.kind === 'failed')
    throw new SessionOver({ kind: 'tls-failed', stage: 'starttls', detail: recorder.safe(outcome.detail) });
  recorder.note(outcome.detail);
  return outcome.verified;
}

function mustBe(code: number, reply: Reply, stage: Stage): void {
  if (reply.code !== code) throw new SessionOver({ kind: 'diverged', stage, reply, wanted: String(code) });
}
