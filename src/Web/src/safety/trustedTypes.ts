// The one policy of Trusted Types. Mantine writes its style sheets through innerHTML; text without markup may pass, so that no
// label, help text or imported dashboard can ever become an element, whatever a library does with it.
interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string | null }): unknown;
}

const factory = (globalThis as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
factory?.createPolicy('default', { createHTML: (text) => (/[<&]/.test(text) ? null : text) });
