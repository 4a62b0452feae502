declare module '@tabler/icons-react/dist/esm/icons/*.mjs' {
  import type { FC } from 'react';
  const icon: FC<{ size?: number | string; stroke?: number; color?: string; 'aria-hidden'?: boolean }>;
  export default icon;
}
