import { offers, parseCapabilities, type Capabilities } from '../smtp/capabilities.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { Script } from '../session/script.ts';
import type { Stage } from '../session/transcript.ts';
import { SessionOver } from './dialogue-partner.ts';
import { logIn } from './login.ts';
import type { Session } from './session.ts';
import { mustBeTrusted, secure } from './tls-upgrade.ts';

/** Everything before the script: banner, TLS, XCLIENT, EHLO and the login. A script without a HELO name greets for itself. */
export async function introduce(session: Session): Promise<void> {
  const { probe, options, partner, recorder, redactor } = session;
  const { deadlines } = options;
  if (options.tls === 'implicit') await secure(session, false);
  if (probe.script.begins === 'connected') return;
  mustBe(220, await partner.read('banner', deadlines.banner), 'banner');
  if (probe.vantage.kind === 'xclient') await claimClient(session, probe.vantage.address);
  const { helo } = probe.script;
  if (helo === null) return;
  const inTheClear = await greet(session, helo);
  let capabilities = inTheClear;
  if (wantsStartTls(session, inTheClear)) {
    mustBe(220, await partner.ask({ stage: 'starttls', text: 'STARTTLS' }, deadlines.command), 'starttls');
    await secure(session, false);
    capabilities = await greet(session, helo);
  }
  // STARTTLS is offered in the clear only, AUTH often inside TLS only.
  const offered = [inTheClear, capabilities];
  const missing = probe.script.needs.find((needed) => !offered.some((greeting) => offers(greeting, needed)));
  if (missing !== undefined) throw new SessionOver({ kind: 'not-offered', needed: missing });
  if (probe.login !== null) {
    if (options.credentials === null) throw new Error(`probe ${probe.id} has a login but the audit has no credentials`);
    mustBeTrusted(session);
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
  const { tls, clientCertificate } = probe.script;
  if (tls === 'off' || tls === 'script') return false;
  if (options.tls === 'starttls') return true;
  const wanted = probe.login !== null || speaksAuth(probe.script) || clientCertificate === 'self-signed';
  return options.tls === 'auto' && capabilities.keywords.has('STARTTLS') && wanted;
}

function speaksAuth(script: Script): boolean {
  return script.steps.some((step) => step.send.some((sent) => 'text' in sent && /^AUTH\b/i.test(sent.text)));
}

function mustBe(code: number, reply: Reply, stage: Stage): void {
  if (reply.code !== code) throw new SessionOver({ kind: 'diverged', stage, reply, wanted: String(code) });
}
