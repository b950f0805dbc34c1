//! Small talk: weather, football, buses, recipes, exams. Nothing here tells anything.
//!
//! No line may state an age, speak of a child, offer or ask for files, or promise anything, so that
//! what the lexicon finds comes from the scripted chats alone. `{}` is filled with a word of the
//! list that follows the line's bar. To add a line: append it to its language.

use crate::people::Tongue;
use crate::rng::Stream;

/// One line of small talk.
pub(crate) fn small_talk(stream: &mut Stream, tongue: Tongue) -> String {
    let (lines, words): (&[Line], &Words) = match tongue {
        Tongue::Es => (&ES, &ES_WORDS),
        Tongue::En => (&EN, &EN_WORDS),
        Tongue::Pt => (&PT, &PT_WORDS),
    };
    let (line, list) = stream.pick(lines);
    let list = words.get(list).copied().unwrap_or(&[]);
    line.replacen("{}", stream.pick(list), 1)
}

const DAYS: usize = 0;
const HOURS: usize = 1;
const DISHES: usize = 2;
const PLACES: usize = 3;
const SUBJECTS: usize = 4;

type Line = (&'static str, usize);
type Words = [&'static [&'static str]; 5];

const ES_WORDS: Words = [
    &["el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado"],
    &["a las 7:40", "a las 8:15", "a las 14:05", "a las 18:30", "a las 21:00", "a las 22:10"],
    &["lentejas", "paella", "tortilla", "gazpacho", "croquetas", "arroz con verduras", "empanada"],
    &["la estación", "el mercado", "la playa", "el parque", "la plaza", "la biblioteca"],
    &["matemáticas", "inglés", "contabilidad", "historia", "conducir", "alemán"],
];

const ES: [Line; 34] = [
    ("Hoy llueve otra vez, {} dicen que mejora", DAYS),
    ("¿Viste el partido de {}?", DAYS),
    ("El autobús sale {} desde la otra parada", HOURS),
    ("He hecho {}, me ha salido bastante bien", DISHES),
    ("Quedamos {} en el sitio de siempre", HOURS),
    ("El examen de {} lo han movido una semana", SUBJECTS),
    ("Estoy en {}, llego en diez minutos", PLACES),
    ("Menudo viento hace hoy en {}", PLACES),
    ("Si puedes compra pan cuando pases por {}", PLACES),
    ("Han cambiado el horario, ahora pasa {}", HOURS),
    ("La receta de {} lleva menos sal de lo que pensaba", DISHES),
    ("{} jugamos en el campo viejo", DAYS),
    ("No encuentro las llaves, ¿las dejé en {}?", PLACES),
    ("Empataron a dos, un partido aburrido", DAYS),
    ("Mañana bajan las temperaturas", DAYS),
    ("El tren de {} iba lleno", DAYS),
    ("Apúntame para cenar {}", DAYS),
    ("¿Tienes los apuntes de {}?", SUBJECTS),
    ("Vale, perfecto", DAYS),
    ("Jajaja, muy bueno", DAYS),
    ("Luego te llamo", DAYS),
    ("Gracias, igualmente", DAYS),
    ("Te espero en {}", PLACES),
    ("La reunión es {}", HOURS),
    ("¿Has probado las {} del bar nuevo?", DISHES),
    ("Hay atasco cerca de {}", PLACES),
    ("Con este frío no salgo de casa", DAYS),
    ("El entrenamiento de {} se cancela por la lluvia", DAYS),
    ("He aprobado {}, por fin", SUBJECTS),
    ("Recuérdame que llame al taller {}", DAYS),
    ("El concierto empieza {}", HOURS),
    ("Pon {} en la lista de la compra", DISHES),
    ("¿Cómo se llega a {} en metro?", PLACES),
    ("Buenas noches, hasta mañana", DAYS),
];

const EN_WORDS: Words = [
    &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    &["7:40", "8:15", "14:05", "18:30", "21:00", "22:10"],
    &["lentil soup", "risotto", "pancakes", "apple pie", "vegetable curry"],
    &["the station", "the market", "the beach", "the park", "the library"],
    &["maths", "Spanish", "accounting", "history", "German"],
];

const EN: [Line; 20] = [
    ("Raining again here, should clear up by {}", DAYS),
    ("Did you watch the match on {}?", DAYS),
    ("The bus leaves at {} from the other stop", HOURS),
    ("Made {} tonight, not bad at all", DISHES),
    ("See you at {} then", HOURS),
    ("They moved the {} exam by a week", SUBJECTS),
    ("I am at {}, ten minutes", PLACES),
    ("So windy near {} today", PLACES),
    ("New timetable, it passes at {} now", HOURS),
    ("The recipe for {} needs less salt", DISHES),
    ("Two all, what a dull game", DAYS),
    ("The {} train was packed", DAYS),
    ("Count me in for dinner on {}", DAYS),
    ("Passed {}, finally", SUBJECTS),
    ("Sounds good", DAYS),
    ("Call you later", DAYS),
    ("Thanks, you too", DAYS),
    ("Traffic is terrible near {}", PLACES),
    ("Too cold to go out", DAYS),
    ("Good night", DAYS),
];

const PT_WORDS: Words = [
    &["segunda", "terça", "quarta", "quinta", "sexta", "sábado"],
    &["às 7:40", "às 8:15", "às 14:05", "às 18:30", "às 21:00"],
    &["feijoada", "pão de queijo", "bolo de cenoura", "arroz doce", "sopa de legumes"],
    &["a estação", "o mercado", "a praia", "o parque", "a biblioteca"],
    &["matemática", "inglês", "contabilidade", "história", "alemão"],
];

const PT: [Line; 16] = [
    ("Hoje chove de novo, {} melhora", DAYS),
    ("Viu o jogo de {}?", DAYS),
    ("O ônibus sai {} do outro ponto", HOURS),
    ("Fiz {}, ficou muito bom", DISHES),
    ("A gente se vê {}", HOURS),
    ("Mudaram a prova de {} para outra semana", SUBJECTS),
    ("O caminho para {} está fechado", PLACES),
    ("O novo horário é {}", HOURS),
    ("A receita de {} leva menos sal", DISHES),
    ("Dois a dois, jogo chato", DAYS),
    ("Passei em {}, finalmente", SUBJECTS),
    ("Está bem, perfeito", DAYS),
    ("Depois te ligo", DAYS),
    ("Obrigado, igualmente", DAYS),
    ("Com esse frio não saio", DAYS),
    ("Boa noite", DAYS),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blank_is_filled() {
        let mut stream = Stream::new(1, "talk", 0);
        for tongue in [Tongue::Es, Tongue::En, Tongue::Pt] {
            for _ in 0..500 {
                let line = small_talk(&mut stream, tongue);
                assert!(!line.contains("{}") && !line.is_empty(), "{line}");
            }
        }
    }
}
