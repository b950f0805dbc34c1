//! A page as data, and its HTML. To add a kind of content: a variant of [`Block`] and its function.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// One page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Language code of the text, for readers that speak.
    pub lang: String,
    /// Heading.
    pub title: String,
    /// One or two sentences under it.
    pub lead: String,
    /// The figures that matter most.
    pub tiles: Vec<Tile>,
    /// The rest, in order.
    pub sections: Vec<Section>,
    /// Last line.
    pub foot: String,
}

/// One figure.
#[derive(Debug, Clone)]
pub struct Tile {
    /// The figure.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Whether it is as it should be.
    pub tone: Tone,
}

/// How something is to be taken; shown by colour and by word, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Needs a person now.
    Urgent,
    /// Neither.
    Plain,
}

/// A heading with content.
#[derive(Debug, Clone)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// A sentence under it.
    pub intro: String,
    /// What it holds.
    pub block: Block,
}

/// Kinds of content.
#[derive(Debug, Clone)]
pub enum Block {
    /// Rows and columns.
    Table(Table),
    /// One box a thing, with its reasons.
    Cards(Vec<Card>),
    /// Files to take away: name shown, path on this server.
    Links(Vec<(String, String)>),
}

/// Rows and columns.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Column headings.
    pub head: Vec<String>,
    /// Cells as text.
    pub rows: Vec<Vec<String>>,
}

/// One thing with its reasons.
#[derive(Debug, Clone)]
pub struct Card {
    /// What it is.
    pub title: String,
    /// A word beside it.
    pub badge: String,
    /// How the word is to be taken.
    pub tone: Tone,
    /// Sentences; each with its evidence reference, which may be empty.
    pub lines: Vec<(String, String)>,
}

/// The page as HTML, complete in itself.
#[must_use]
pub fn render(page: &Page) -> String {
    let body = html! {
        (DOCTYPE)
        html lang=(page.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (page.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p.mark { "Amparo" } h1 { (page.title) } p.lead { (page.lead) } }
                main {
                    div.tiles { @for tile in &page.tiles { (tile_html(tile)) } }
                    @for section in &page.sections { (section_html(section)) }
                }
                footer { (page.foot) }
            }
        }
    };
    body.into_string()
}

fn tile_html(tile: &Tile) -> Markup {
    html! {
        div class={ "tile " (class(tile.tone)) } { strong { (tile.value) } span { (tile.label) } }
    }
}

fn section_html(section: &Section) -> Markup {
    html! {
        section {
            h2 { (section.heading) }
            @if !section.intro.is_empty() { p { (section.intro) } }
            @match &section.block {
                Block::Table(table) => (table_html(table)),
                Block::Cards(cards) => { @for card in cards { (card_html(card)) } },
                Block::Links(links) => ul {
                    @for (name, path) in links { li { a href=(path) { (name) } } }
                },
            }
        }
    }
}

fn table_html(table: &Table) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr { @for cell in &table.head { th scope="col" { (cell) } } } }
                tbody { @for row in &table.rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
}

fn card_html(card: &Card) -> Markup {
    html! {
        article class=(class(card.tone)) {
            h3 { (card.title) " " span.badge { (card.badge) } }
            ul {
                @for (line, evidence) in &card.lines {
                    li { (line) @if !evidence.is_empty() { " " code { (evidence) } } }
                }
            }
        }
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Urgent => "urgent",
        Tone::Plain => "plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_evidence_stays_text() {
        let title = "<script>alert(1)</script>".to_owned();
        let html = render(&Page { title, ..Page::default() });
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;script&gt;"));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let html = render(&Page::default());
        for word in ["http://", "https://", "src=", "@import", "url("] {
            assert!(!html.contains(word), "{word}");
        }
    }
}
