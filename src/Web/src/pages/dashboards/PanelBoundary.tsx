import { Component, type ReactNode } from 'react';

interface PanelBoundaryProps { panel: unknown; failed: (error: unknown) => ReactNode; children: ReactNode }

/** A panel that cannot be drawn takes only itself away; it is tried again once it is another. */
export class PanelBoundary extends Component<PanelBoundaryProps, { error: unknown; panel: unknown }> {
  override state: { error: unknown; panel: unknown } = { error: null, panel: this.props.panel };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  static getDerivedStateFromProps({ panel }: PanelBoundaryProps, state: { panel: unknown }): { error: null; panel: unknown } | null {
    return panel === state.panel ? null : { error: null, panel };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : this.props.failed(this.state.error);
  }
}
