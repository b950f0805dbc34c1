### The draft of a request to preserve data. Only what the record says.

preservation-title = Pedido de preservação de dados
preservation-draft = Minuta. Não tem efeito até que a autoridade competente a reveja e assine.
preservation-addressee = Destinatário
preservation-operator = Operadora dos endereços IP indicados, país { $country }
preservation-operator-unknown = Operadora dos endereços IP indicados; o país não consta
preservation-provider-unknown = Provedor; o nome não consta
preservation-tip = Comunicação
preservation-from-country = País da autoridade requerente
preservation-made = Redigido (UTC)
preservation-basis = Base legal
preservation-basis-confirm = { $law } (a confirmar pela autoridade antes de assinar)
preservation-to-fill-in = a preencher pela autoridade
preservation-asked-days = Dias de preservação pedidos
preservation-renewed-days = Dias após uma prorrogação, no total
preservation-ask-operator = Pede-se preservar, sem alterar e sem entregar ainda, os dados do titular e da conexão dos seguintes eventos.
preservation-ask-provider = Pede-se preservar, sem alterar e sem entregar ainda, os registros e o conteúdo das seguintes contas, e os endereços IP com porta de origem e hora de seu uso.
preservation-items = Itens
preservation-event = Evento, segundo a comunicação: { $event }
preservation-no-port = Não consta a porta de origem.
preservation-no-time = Não consta a hora.
preservation-no-zone = A hora figura como foi escrita ({ $time }); não consta seu fuso horário.
preservation-identifier-kind =
    Tipo de identificador: { $kind ->
        [account_id] id da conta
        [screen_name] nome de usuário
        [url] URL
        [email] endereço de e-mail
       *[other] { $kind }
    }
preservation-evidence = Lugar na comunicação: { $place }
preservation-no-date = Esses registros são mantidos por { $days } dias; sem uma hora utilizável não se pode dar uma data.
preservation-any-day = Não se conhece prazo de conservação: pode perder-se a qualquer dia.
preservation-passed = O prazo de conservação conhecido terminou em { $date }; ainda pode existir.
preservation-until = Pode ser apagado a partir de { $date }.
preservation-no-notice = Pede-se não informar deste pedido o titular da conta ou da linha.
preservation-limits = Este pedido repete o que indica uma comunicação. Não afirma quem fez algo.
