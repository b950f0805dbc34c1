//! CRC-32C without the final inversion, which is how ext4 chains its checksums.

/// Polynomial of Castagnoli, bits reversed.
const POLYNOMIAL: u32 = 0x82F6_3B78;
const TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let (mut rest, mut bit) = (byte as u32, 0);
        while bit < 8 {
            rest = (rest >> 1) ^ (POLYNOMIAL * (rest & 1));
            bit += 1;
        }
        tables[0][byte] = rest;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

/// Goes on from `sum` with these bytes, eight at a time.
pub fn crc32c(sum: u32, bytes: &[u8]) -> u32 {
    let look = |table: usize, byte: u32| TABLES[table & 7][(byte & 0xFF) as usize];
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut sum = sum;
    for [a, b, c, d, e, f, g, h] in eights {
        let low = sum ^ u32::from_le_bytes([*a, *b, *c, *d]);
        let high = u32::from_le_bytes([*e, *f, *g, *h]);
        sum = look(7, low) ^ look(6, low >> 8) ^ look(5, low >> 16) ^ look(4, low >> 24);
        sum ^= look(3, high) ^ look(2, high >> 8) ^ look(1, high >> 16) ^ look(0, high >> 24);
    }
    rest.iter().fold(sum, |sum, byte| (sum >> 8) ^ look(0, sum ^ u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_rfc_3720() {
        assert_eq!(!crc32c(!0, &[0; 32]), 0x8A91_36AA);
        assert_eq!(!crc32c(!0, b"123456789"), 0xE306_9283);
        assert_eq!(crc32c(crc32c(!0, b"1234"), b"56789"), crc32c(!0, b"123456789"));
    }
}
