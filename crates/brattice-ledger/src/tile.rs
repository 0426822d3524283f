//! Where tiles and entry bundles lie: the paths of C2SP tlog-tiles.

use std::fmt;
use std::str::FromStr;

/// How many hashes or entries a full tile or bundle holds (tlog-tiles fixes it).
pub const TILE_WIDTH: u16 = 256;

/// The highest level that tlog-tiles allows in a path.
const LEVEL_MAX: u8 = 63;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Merkle hashes of this level; level 0 holds leaf hashes.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// The place of a tile or entry bundle: kind, index in its level, and width (256 when full).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

impl TilePath {
    /// Returns the path of a full tile.
    pub const fn full(kind: TileKind, index: u64) -> Self {
        Self { kind, index, width: TILE_WIDTH }
    }

    /// Returns the path of a partial tile; nothing if no partial tile has this width.
    pub const fn partial(kind: TileKind, index: u64, width: u16) -> Option<Self> {
        if width == 0 || width >= TILE_WIDTH { None } else { Some(Self { kind, index, width }) }
    }

    /// Returns the path of tile `index` in a tree of `size` records; nothing if that tree has no such tile.
    pub fn in_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let count = size.checked_shr(8 * u32::from(kind.level())).unwrap_or(0);
        let left = count.checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(left.min(u64::from(TILE_WIDTH))).ok()?;
        (width > 0).then_some(Self { kind, index, width })
    }

    /// Returns what the tile holds.
    pub const fn kind(&self) -> TileKind {
        self.kind
    }

    /// Returns the tile's index in its level.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns how many hashes or entries it holds.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Returns whether the tile is full.
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Returns the folder that holds this tile's partial versions.
    pub fn partial_folder(&self) -> String {
        format!("{}.p", Self { width: TILE_WIDTH, ..*self })
    }
}

impl TileKind {
    /// Returns the level whose widths this kind follows: bundles have those of level 0.
    pub(crate) const fn level(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// A text is not the one spelling of a tile's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile")]
pub struct ParseTileError;

impl FromStr for TilePath {
    type Err = ParseTileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) =
            text.strip_prefix("tile/").and_then(|it| it.split_once('/')).ok_or(ParseTileError)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => {
                TileKind::Hashes(level.parse().ok().filter(|it| *it <= LEVEL_MAX).ok_or(ParseTileError)?)
            }
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| ParseTileError)?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for group in number.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let value: u64 = digits.parse().map_err(|_| ParseTileError)?;
            index = index.checked_mul(1000).and_then(|it| it.checked_add(value)).ok_or(ParseTileError)?;
        }
        let path = Self { kind, index, width };
        // Writing it again settles every question of leading zeroes, signs, `x` and widths at once.
        if (1..=TILE_WIDTH).contains(&width) && path.to_string() == text {
            Ok(path)
        } else {
            Err(ParseTileError)
        }
    }
}
