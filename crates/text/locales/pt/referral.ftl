### The urgent referral: its document, its gate and its errors.

referral-version = Versão { $version }
