### Reasons of a tip's urgency and of the clocks that run.

tip-originator-level-1 = El emisor lo clasifica en nivel { $level }: menor en peligro ahora.
tip-originator-level-2 = El emisor lo clasifica en nivel { $level }: menor al alcance de la persona reportada.
tip-originator-level-3 = El emisor lo clasifica en nivel { $level }: sin contacto conocido con un menor.
tip-originator-level-e = Nivel { $level }: nadie lo ha examinado todavía; no equivale a poca urgencia.
tip-originator-level-unknown = El emisor no indica un nivel conocido (indica: { $level }).
tip-access-stated = El proveedor indica que la persona reportada tiene acceso a menores.
tip-access-not-stated = El aviso no dice si la persona reportada tiene acceso a menores.
tip-victim-named =
    { $count ->
        [one] El aviso identifica a una posible víctima
       *[other] El aviso identifica a { $count } posibles víctimas
    }.
tip-contact-incident = El tipo de incidente indica contacto con un menor (texto literal: «{ $type }»).
tip-live-material = El emisor señala una retransmisión en directo (archivos así: { $count }).
tip-recent-incident = Incidente reciente: hace { $days } días según el emisor.
tip-incident-time-unknown = No consta una fecha utilizable del incidente.
tip-industry-class-a1 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-a2 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-b1 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-b2 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-not-stated = El proveedor no clasifica los archivos.
tip-same-group =
    { $count ->
        [one] Otro aviso comparte identificadores con este
       *[other] Otros { $count } avisos comparten identificadores con este
    }.
tip-many-files = El aviso contiene { $count } archivos distintos.
tip-files-in-no-list =
    { $count ->
        [one] El hash de un archivo no figura en ninguna de las listas consultadas
       *[other] Los hashes de { $count } archivos no figuran en ninguna de las listas consultadas
    } (aspecto sin comparar).
tip-files-not-looked-up = Los archivos del aviso ({ $count }) no se han consultado en ninguna lista.
tip-viral-all = Todos los archivos ({ $count } de { $total }) son virales o ya conocidos: baja la urgencia, el aviso se conserva.
tip-viral-some = Parte de los archivos ({ $count } de { $total }) son virales o ya conocidos.
tip-viral-outweighed = Hay archivos virales o ya conocidos ({ $count } de { $total }), pero una señal de menor en peligro siempre pesa más.
tip-suspect-may-be-minor = La persona reportada puede ser menor de edad (edad indicada: { $age }): vía de protección.
tip-capture-in-steep-part = El último evento de IP es de hace { $days } días: la mayor parte de los datos de operador se pierde en las dos primeras semanas.
tip-capture-before-loss = El operador puede conservar los datos del último evento de IP hasta el { $date } ({ $source }).
tip-capture-past-loss = El plazo de conservación del último evento de IP venció el { $date } ({ $source }); puede que aún existan datos.
tip-loss-soon = Quedan { $days } días hasta la primera pérdida de datos conocida.
tip-no-clock-known = No se conoce un plazo de conservación de datos de IP para el país ({ $country }); el último evento es de hace { $days } días.
tip-capture-time-missing = Eventos de IP sin fecha utilizable: { $count }.
tip-port-missing = Eventos de IP sin puerto de origen: { $count }; en redes con dirección compartida pueden no bastar.
tip-no-capture = No consta ningún evento de IP.
tip-content-until = El proveedor conserva el contenido comunicado hasta el { $date } ({ $source }).
tip-territory-address = Una dirección del aviso indica { $country }, división: { $division }.
tip-territory-division-name = El nombre de la división ({ $division }) apunta a { $country }; el país no consta.
tip-territory-phone = El prefijo de un teléfono corresponde a { $country }.
tip-territory-conflict = Los datos del aviso nombran varios países: { $countries }.
tip-country-not-recognised = No se reconoce el país escrito: «{ $text }».
tip-no-country = El aviso no permite asignar un país.
