import { Component } from 'preact';
import type { ListedVideo } from '../api.ts';
import { VideoCard } from './card.tsx';

interface GridCellProps {
  readonly video: ListedVideo;
  readonly wanted: number;
  readonly index: number;
  /** -1 while nobody knows. */
  readonly setSize: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A card at its place. It stays untouched while others come into sight, which is most of what scrolling would cost. */
export class GridCell extends Component<GridCellProps> {
  override shouldComponentUpdate(next: Readonly<GridCellProps>): boolean {
    return (Object.keys(next) as (keyof GridCellProps)[]).some(key => next[key] !== this.props[key]);
  }

  override render({ video, wanted, index, setSize, left, top, width, height }: Readonly<GridCellProps>) {
    return (
      <li aria-setsize={setSize} aria-posinset={index + 1} style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}>
        <VideoCard video={video} wanted={wanted} />
      </li>
    );
  }
}
