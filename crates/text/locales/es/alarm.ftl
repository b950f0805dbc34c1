### Reasons of the live-source alarm. One message per rule id; variables are the rule's args.

alarm-base-rate = Es un orden de trabajo, no una conclusión sobre nadie. Con las cifras publicadas de KIRAT-2: si 12 de cada 100 personas de la lista suponen un peligro para un menor, «alta» acierta aproximadamente una de cada cuatro veces; si son 55 de cada 100, tres de cada cuatro.
alarm-claims-access = La contraparte dice convivir con un menor o tenerlo a su cargo (texto literal: «{ $excerpt }», { $date }; mensajes así: { $count }).
alarm-unlisted-received =
    { $count ->
        [one] Recibida de la contraparte una imagen que no figura en ninguna de las listas consultadas, ni igual ni parecida
       *[other] Recibidas de la contraparte { $count } imágenes que no figuran en ninguna de las listas consultadas, ni iguales ni parecidas
    } (del { $first } al { $last }; en grupos: { $in_groups }).
alarm-unlisted-provisional =
    { $count ->
        [one] PROVISIONAL: el hash que la aplicación registró de una imagen recibida no figura en ninguna de las listas consultadas
       *[other] PROVISIONAL: los hashes que la aplicación registró de { $count } imágenes recibidas no figuran en ninguna de las listas consultadas
    }; el aspecto aún no se ha comparado (del { $first } al { $last }; en grupos: { $in_groups }).
alarm-not-looked-up =
    { $count ->
        [one] Un archivo recibido no se ha podido consultar en ninguna lista
       *[other] { $count } archivos recibidos no se han podido consultar en ninguna lista
    } (del { $first } al { $last }; en grupos: { $in_groups }).
alarm-series-in-time = { $count } de las imágenes que ninguna lista conoce llegaron en poco tiempo en el mismo chat (del { $first } al { $last }; en grupos: { $in_groups }).
alarm-series-same-camera = { $count } de las imágenes que ninguna lista conoce nombran la misma cámara en sus metadatos: { $camera }.
alarm-recent-creation =
    { $count ->
        [one] Según sus metadatos, una imagen que ninguna lista conoce se tomó pocos días antes de enviarse
       *[other] Según sus metadatos, { $count } imágenes que ninguna lista conoce se tomaron pocos días antes de enviarse
    } (enviadas del { $first } al { $last }; en grupos: { $in_groups }).
alarm-listed-in-chat = Por el chat directo pasaron archivos que figuran en una lista de material conocido: { $count } (enviados por la contraparte: { $from_counterpart }).
alarm-offers-or-requests = En el chat se ofrece o se pide algo a cambio, o se pide más (texto literal: «{ $excerpt }», { $date }; mensajes así: { $count }).
alarm-promises-more = La contraparte anuncia que enviará más (texto literal: «{ $excerpt }», { $date }; mensajes así: { $count }).
alarm-secrecy = La contraparte pide guardar reserva o borrar (texto literal: «{ $excerpt }», { $date }; mensajes así: { $count }).
alarm-recent-contact = Contacto reciente: el último registro entre ambos es del { $date }.
alarm-contact-date-unknown = Ningún registro entre ambos tiene una fecha utilizable; no se sabe si el contacto es reciente.
alarm-only-listed = En contra: todo lo comparado que pasó por el chat directo ya figura en las listas consultadas ({ $count } archivos, del { $first } al { $last }).
alarm-widely-distributed = En contra: una lista señala { $count } de los archivos recibidos como de amplia difusión (del { $first } al { $last }; en grupos: { $in_groups }).
alarm-forwarded = En contra: la aplicación marca como reenviados { $count } de los archivos recibidos (del { $first } al { $last }; en grupos: { $in_groups }).
alarm-no-exchange-context = En contra: en el chat directo no consta material de las listas, ni ofertas, peticiones o promesas.
alarm-saved-contact = En contra: la agenda del investigado tiene guardada a la contraparte como «{ $name }».
alarm-family-talk = En contra: conversación familiar corriente (texto literal: «{ $excerpt }», { $date }; mensajes así: { $count }).
alarm-floor-top = Posible fuente activa: dice tener acceso a un menor, envió { $count } imágenes que no figuran en ninguna de las listas consultadas (del { $first } al { $last }; en grupos: { $in_groups }), hay contexto de intercambio y el contacto es reciente.
alarm-floor-top-provisional = PROVISIONAL, posible fuente activa: dice tener acceso a un menor, envió { $count } imágenes que no figuran en ninguna de las listas consultadas por hash, a falta de comparar el aspecto (del { $first } al { $last }; en grupos: { $in_groups }), hay contexto de intercambio y el contacto es reciente.
alarm-claim-without-file = Dice tener acceso a un menor («{ $excerpt }», { $date }; mensajes así: { $count }), pero no consta ningún archivo recibido de la contraparte: a revisar.
alarm-states-minor-age = La contraparte dice tener menos de 18 años (texto literal: «{ $excerpt }», { $date }; mensajes así: { $count }): vía de protección, no se clasifica como investigado.
