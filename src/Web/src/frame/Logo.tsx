/** The seven stars. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true" fill="var(--mantine-color-pleiad-5)">
      <circle cx="9" cy="8" r="3.2" /><circle cx="19" cy="6" r="2.2" /><circle cx="25" cy="13" r="2.8" /><circle cx="15" cy="14" r="3.8" /><circle cx="7" cy="19" r="2.2" /><circle cx="19" cy="22" r="3" /><circle cx="12" cy="26" r="1.8" />
    </svg>
  );
}
