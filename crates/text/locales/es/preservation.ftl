### The draft of a request to preserve data. Only what the record says.

preservation-title = Solicitud de conservación de datos
preservation-draft = Borrador. No tiene efecto hasta que la autoridad competente lo revise y lo firme.
preservation-addressee = Destinatario
preservation-operator = Operador de las direcciones IP indicadas, país { $country }
preservation-operator-unknown = Operador de las direcciones IP indicadas; su país no consta
preservation-provider-unknown = Proveedor; su nombre no consta
preservation-tip = Aviso
preservation-from-country = País de la autoridad solicitante
preservation-made = Redactada (UTC)
preservation-basis = Base legal
preservation-basis-confirm = { $law } (a confirmar por la autoridad antes de firmar)
preservation-to-fill-in = a completar por la autoridad
preservation-asked-days = Días de conservación que se piden
preservation-renewed-days = Días tras una prórroga, en total
preservation-ask-operator = Se pide conservar, sin alterarlos y sin entregarlos todavía, los datos de titular y de conexión de los siguientes eventos.
preservation-ask-provider = Se pide conservar, sin alterarlos y sin entregarlos todavía, los registros y el contenido de las siguientes cuentas, y las direcciones IP con puerto de origen y hora de su uso.
preservation-items = Elementos
preservation-event = Evento, según el aviso: { $event }
preservation-no-port = No consta el puerto de origen.
preservation-no-time = No consta la hora.
preservation-no-zone = La hora figura como se escribió ({ $time }); no consta su zona horaria.
preservation-identifier-kind =
    Tipo de identificador: { $kind ->
        [account_id] id de cuenta
        [screen_name] nombre de usuario
        [url] URL
        [email] dirección de correo
       *[other] { $kind }
    }
preservation-evidence = Lugar en el aviso: { $place }
preservation-no-date = Estos registros se conservan { $days } días; sin una hora utilizable no puede darse una fecha.
preservation-any-day = No se conoce un plazo de conservación: puede perderse cualquier día.
preservation-passed = El plazo de conservación conocido venció el { $date }; puede que aún exista.
preservation-until = Puede borrarse a partir del { $date }.
preservation-no-notice = Se ruega no informar de esta solicitud al titular de la cuenta o de la línea.
preservation-limits = Esta solicitud repite lo que indica un aviso. No afirma quién hizo nada.
