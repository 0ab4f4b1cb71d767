// Who may ask the admin server for what: everybody where there are no tokens, and else whoever shows one of them.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AdminTokens } from '../../control-plane/configuration/admin-settings.ts';

/** `nobody` has shown no token, or none that is known. */
export type Rights = 'full' | 'read' | 'nobody';

export class Access {
  readonly #known: readonly { readonly digest: Buffer; readonly rights: Rights }[] | undefined;

  constructor(tokens: AdminTokens | undefined) {
    this.#known = tokens && [
      ...tokens.full.map((token) => ({ digest: digestOf(token), rights: 'full' as const })),
      ...tokens.read.map((token) => ({ digest: digestOf(token), rights: 'read' as const })),
    ];
  }

  get asksForTokens(): boolean {
    return this.#known !== undefined;
  }

  /** Of whoever sends this `Authorization`. Takes as long for a token that is nearly right as for any other. */
  rightsOf(authorization: string | undefined): Rights {
    if (this.#known === undefined) return 'full';
    const [, shown = ''] = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization ?? '') ?? [];
    // Digests have one length, and say nothing of how much of a token was right. All are compared, whichever it is.
    const digest = digestOf(shown);
    let rights: Rights = 'nobody';
    for (const known of this.#known) {
      if (timingSafeEqual(known.digest, digest) && rights !== 'full') rights = known.rights;
    }
    return rights;
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
