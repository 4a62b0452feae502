import { Component, Suspense, type ReactNode } from 'react';
import { usePlace } from '../routing/navigation';
import { pageOf } from '../routing/pages';
import { NotFound } from './NotFound';
import { PageFailed } from './PageFailed';

/** The page that the address names. */
export function Outlet() {
  const { path } = usePlace();
  const page = pageOf(path);
  return (
    <PageBoundary key={path}>
      <Suspense fallback={<div className="page" aria-busy="true" />}>{page ? <page.Component /> : <NotFound />}</Suspense>
    </PageBoundary>
  );
}

/** A page that throws takes only itself away. */
class PageBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <PageFailed error={this.state.error} />;
  }
}
