import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const blue: MantineColorsTuple = ['#edf3ff', '#dae5fd', '#b3c9f8', '#89abf4', '#6692f0', '#4f82ee', '#3f77ee', '#2f66d4', '#245bbe', '#124fa8'];
const slate: MantineColorsTuple = ['#e6e9ef', '#c3c9d4', '#9aa3b2', '#757f91', '#4d5667', '#333b4a', '#262d3a', '#1a1f29', '#12161e', '#0c0f15'];

export const theme = createTheme({
  primaryColor: 'pleiad',
  primaryShade: 7,
  colors: { pleiad: blue, dark: slate },
  fontFamily: 'Inter, "Segoe UI", Roboto, "Noto Sans", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", "DejaVu Sans", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono", "SF Mono", "Cascadia Code", "Roboto Mono", "DejaVu Sans Mono", ui-monospace, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.25rem', lineHeight: '1.4' }, h2: { fontSize: '1rem', lineHeight: '1.4' } } },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, fz: 'xs' } },
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.5 }, styles: { content: { background: 'var(--panel)' }, header: { background: 'var(--panel)' } } } },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.35 }, styles: { header: { background: 'var(--panel)' }, body: { paddingTop: 12 } } } },
    SegmentedControl: { defaultProps: { withItemsBorders: false } },
  },
});

/** Mantine's own variables, set to the surfaces of tokens.css. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-body': '#f5f6f8', '--mantine-color-text': '#1b2230', '--mantine-color-dimmed': '#5b6576', '--mantine-color-default-border': '#d9dee6' },
  dark: { '--mantine-color-body': '#12161e', '--mantine-color-text': '#dfe4ec', '--mantine-color-dimmed': '#98a2b3', '--mantine-color-default-border': '#333b4a', '--mantine-color-default': '#1f2530', '--mantine-color-default-hover': '#262d3a' },
});
